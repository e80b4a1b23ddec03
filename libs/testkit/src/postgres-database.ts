import { randomBytes } from "node:crypto";
import { createPool, type Sql } from "@sightline/postgres/pool";
import { quietLog } from "./quiet-log.ts";
import type { TestServer } from "./servers.ts";

/** An empty database in the server at `serverUrl`; `stop` drops it, with whoever is still connected to it. */
export async function createDatabase(serverUrl: string): Promise<TestServer> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer(serverUrl, (sql) => sql.execute(`CREATE DATABASE ${name}`, []));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= onServer(serverUrl, (sql) => sql.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, []));
    return stopped;
  };
  return { url: url.href, stop, [Symbol.asyncDispose]: stop };
}

async function onServer(url: string, run: (sql: Sql) => Promise<unknown>): Promise<void> {
  const pool = createPool({ url, maxConnections: 1 }, { log: quietLog });
  try {
    await run(pool);
  } finally {
    await pool.close();
  }
}
