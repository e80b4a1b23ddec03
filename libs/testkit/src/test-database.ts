import { createDatabase } from "./postgres-database.ts";
import { startPrivatePostgres, type TestServer } from "./servers.ts";

/**
 * A Postgres database with the tables of all services and nothing in them, in the server that the test run shares
 * (SIGHTLINE_TEST_POSTGRES_URL), or in one of its own when there is none.
 */
export async function testDatabase(): Promise<TestServer> {
  const shared = process.env["SIGHTLINE_TEST_POSTGRES_URL"];
  if (shared !== undefined) return await createDatabase(shared, { migrated: true });
  const server = await startPrivatePostgres();
  try {
    const { url } = await createDatabase(server.url, { migrated: true });
    return { url, stop: server.stop, [Symbol.asyncDispose]: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
