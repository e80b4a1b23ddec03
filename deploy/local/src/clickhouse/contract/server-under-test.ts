import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from "@clickhouse/client";
import { startClickHouse } from "../start.ts";

/** The largest body the embedded server takes in these tests. */
export const maxBodyBytes = 64 * 1024 * 1024;

/** Why a case is skipped when SIGHTLINE_CLICKHOUSE_URL names a real server; false when the embedded one is tested. */
export const onlyEmbedded: string | false =
  process.env["SIGHTLINE_CLICKHOUSE_URL"] === undefined
    ? false
    : "only the embedded server, which is ours to stop and to bound";

/** An answer as it came, without a client's reading of it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A ClickHouse server and an empty database in it, there from `before` to `after`. */
export interface ServerUnderTest {
  /** A client of that database; closed after the tests. */
  client(options?: ClickHouseClientConfigOptions): ClickHouseClient;
  /** One HTTP request on a connection of its own, with the right password. */
  raw(request: RawRequest): Promise<RawAnswer>;
}

interface Running {
  readonly url: URL;
  readonly database: string;
  stop(): Promise<void>;
}

async function start(): Promise<Running> {
  const database = `contract_${randomBytes(6).toString("hex")}`;
  const given = process.env["SIGHTLINE_CLICKHOUSE_URL"];
  if (given !== undefined) return { url: new URL(given), database, stop: async () => undefined };
  const dir = await mkdtemp(join(tmpdir(), "sightline-contract-"));
  const server = await startClickHouse({ dir, maxBodyBytes });
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: new URL(server.url), database, stop };
}

/** Starts the embedded server, or uses the one of SIGHTLINE_CLICKHOUSE_URL, for the tests of the calling file. */
export function serverUnderTest(): ServerUnderTest {
  let running: Running | undefined;
  const clients: ClickHouseClient[] = [];

  function current(): Running {
    if (running === undefined) throw new Error("the server under test is there only while tests run");
    return running;
  }

  function client(options: ClickHouseClientConfigOptions = {}): ClickHouseClient {
    const { url, database } = current();
    const username = decodeURIComponent(url.username) || "default";
    const password = decodeURIComponent(url.password);
    const log = { level: ClickHouseLogLevel.OFF };
    const made = createClient({ url: url.origin, username, password, database, log, ...options });
    clients.push(made);
    return made;
  }

  before(async () => {
    running = await start();
    await client({ database: "default" }).command({ query: `CREATE DATABASE ${running.database}` });
  });
  after(async () => {
    if (running === undefined) return;
    await client({ database: "default" }).command({ query: `DROP DATABASE ${running.database} SYNC` });
    await Promise.all(clients.map((made) => made.close()));
    await running.stop();
  });
  return { client, raw: (wanted) => rawRequest(current().url, wanted) };
}

function rawRequest(url: URL, wanted: RawRequest): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const outgoing = request({
    agent: false,
    host: url.hostname,
    port: url.port,
    path: wanted.path,
    method: wanted.method ?? (wanted.body === undefined ? "GET" : "POST"),
    headers: {
      "X-ClickHouse-User": decodeURIComponent(url.username) || "default",
      "X-ClickHouse-Key": decodeURIComponent(url.password),
      ...wanted.headers,
    },
  });
  outgoing.once("error", reject);
  outgoing.once("response", async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
  });
  outgoing.end(wanted.body);
  return promise;
}
