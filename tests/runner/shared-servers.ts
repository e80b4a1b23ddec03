import { findNatsServer, findRedisServer } from "@sightline/local/install/find-servers";
import { startPrivateClickHouse, startPrivatePostgres, type TestServer } from "@sightline/testkit/servers";

/** Servers that all test files of a run share, each file with databases of its own: starting them once saves minutes. */
export interface SharedServers {
  /** For the environment of the test files. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts them at the same time, and sees to it that the servers which files start for themselves are there. Rejects
 * with one line when one cannot run.
 */
export async function startSharedServers(): Promise<SharedServers> {
  await Promise.all([findNatsServer(), findRedisServer()]);
  const servers: TestServer[] = [];
  const keep = async <S extends TestServer>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const started = await Promise.allSettled([keep(startPrivatePostgres()), keep(startPrivateClickHouse())] as const);
  const [postgres, clickhouse] = started;
  if (postgres.status === "rejected" || clickhouse.status === "rejected") {
    await stop();
    throw started.find((outcome) => outcome.status === "rejected")?.reason;
  }
  const { url, username, password } = clickhouse.value;
  const clickHouseUrl = new URL(url);
  clickHouseUrl.username = username;
  clickHouseUrl.password = password;
  return {
    env: {
      SIGHTLINE_TEST_POSTGRES_URL: postgres.value.url,
      SIGHTLINE_TEST_CLICKHOUSE_URL: clickHouseUrl.href,
    },
    stop,
  };
}
