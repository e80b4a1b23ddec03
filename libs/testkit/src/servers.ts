import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onPort } from "@sightline/local/servers/free-port";
import { startNats as startLocalNats } from "@sightline/local/servers/nats";
import { randomPassword } from "@sightline/local/servers/password";
import { startPostgres as startLocalPostgres } from "@sightline/local/servers/postgres";
import { startRedis as startLocalRedis } from "@sightline/local/servers/redis";
import type { Server } from "@sightline/local/servers/server";
import { type ClickHouseLogin, clickHouseCommand, loginOf } from "./clickhouse-command.ts";

/** A real server (or a part of one) of a test's own, with throw-away data. `await using` stops it at the end of the block. */
export interface TestServer extends AsyncDisposable {
  /** With credentials. */
  readonly url: string;
  /** Ends it and removes its data. Idempotent. */
  stop(): Promise<void>;
}

/** A server process of a test's own, which the test may kill and start again. */
export interface TestServerProcess extends TestServer {
  readonly port: number;
  readonly pid: number;
  /** Ends it as a power cut would; the data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, or after stopping it cleanly, with the same data, address and credentials. */
  restart(): Promise<void>;
}

/** NATS with JetStream, a server of its own. */
export async function startNats(): Promise<TestServerProcess & { readonly monitorUrl: string }> {
  const { server, first } = await startOwn("nats", startLocalNats);
  return Object.assign(server, { monitorUrl: first.monitorUrl });
}

/** Redis, a server of its own. */
export async function startRedis(): Promise<TestServerProcess> {
  return (await startOwn("redis", startLocalRedis)).server;
}

/**
 * An empty Postgres database in the server that the test run shares (SIGHTLINE_TEST_POSTGRES_URL), or in one of its
 * own when there is none.
 */
export async function startPostgres(): Promise<TestServer> {
  const shared = process.env["SIGHTLINE_TEST_POSTGRES_URL"];
  if (shared === undefined) return await startPrivatePostgres();
  const { createDatabase } = await import("./postgres-database.ts");
  return await createDatabase(shared);
}

/** Postgres, a server of its own, that the test may kill. */
export async function startPrivatePostgres(): Promise<TestServerProcess> {
  const start = (options: OwnOptions) => startLocalPostgres({ ...options, throwAway: true });
  return (await startOwn("postgres", start)).server;
}

/** What `clickhouseConfig` takes: a server (its URL without credentials) and an empty database in it. */
export interface ClickHouseAddress extends ClickHouseLogin {
  readonly database: string;
}

/**
 * An empty ClickHouse database in the server that the test run shares (SIGHTLINE_TEST_CLICKHOUSE_URL, with
 * credentials), or in one of its own when there is none.
 */
export async function startClickHouse(): Promise<TestServer & ClickHouseAddress> {
  const shared = process.env["SIGHTLINE_TEST_CLICKHOUSE_URL"];
  if (shared === undefined) return await startPrivateClickHouse();
  const login = loginOf(shared);
  const database = await createClickHouseDatabase(login);
  const stop = once(async () => {
    await clickHouseCommand(login, `DROP DATABASE IF EXISTS ${database} SYNC`);
  });
  return { ...login, database, stop, [Symbol.asyncDispose]: stop };
}

/** ClickHouse, a server of its own, that the test may kill, and the one directory where it may write backups. */
export async function startPrivateClickHouse(): Promise<
  TestServerProcess & ClickHouseAddress & { readonly backupsDir: string }
> {
  // Loaded when first asked for: most tests do without it.
  const { startClickHouse: startLocalClickHouse } = await import("@sightline/local/clickhouse/start");
  let backupsDir = "";
  const start = (options: OwnOptions) => {
    backupsDir = join(options.dir, "backups");
    return onPort(options.port, (port) => startLocalClickHouse({ ...options, backupsDir, port }));
  };
  const { server, first } = await startOwn("clickhouse", start);
  const login = loginOf(first.url);
  try {
    return Object.assign(server, login, { backupsDir, database: await createClickHouseDatabase(login) });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function createClickHouseDatabase(login: ClickHouseLogin): Promise<string> {
  const database = `test_${randomBytes(8).toString("hex")}`;
  await clickHouseCommand(login, `CREATE DATABASE ${database}`);
  return database;
}

interface OwnOptions {
  readonly dir: string;
  readonly password: string;
  readonly port?: number;
}

async function startOwn<S extends Server>(
  name: string,
  start: (options: OwnOptions) => Promise<S>,
): Promise<{ server: TestServerProcess; first: S }> {
  const dir = await mkdtemp(join(tmpdir(), `sightline-test-${name}-`));
  const options = { dir, password: randomPassword() };
  const first = await start(options).catch(async (error: unknown) => {
    await rm(dir, { recursive: true, force: true });
    throw error;
  });
  let current = first;
  const stop = once(async () => {
    await current.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const server: TestServerProcess = {
    url: first.url,
    port: first.port,
    get pid() {
      return current.pid;
    },
    stop,
    kill: () => current.kill(),
    async restart() {
      await current.stop();
      current = await start({ ...options, port: first.port });
    },
    [Symbol.asyncDispose]: stop,
  };
  return { server, first };
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= stop();
    return stopped;
  };
}
