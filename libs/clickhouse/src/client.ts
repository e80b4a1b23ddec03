import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  parseError,
} from "@clickhouse/client";
import { type ReadBlock, readBlocks } from "@sightline/columns/read-blocks";
import { AppError } from "@sightline/errors/app-error";
import { createSecret, type Secret, secret } from "@sightline/service/secret";
import { z } from "zod";
import { clickHouseError } from "./clickhouse-error.ts";
import { JSON_ROWS_FORMAT, type JsonRowsPart, readJsonRows } from "./json-rows.ts";

/** What a service states about ClickHouse. */
export const clickhouseConfig = z.strictObject({
  url: z.url().default("http://127.0.0.1:7301"),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .default("sightline"),
  username: z.string().min(1).default("default"),
  password: secret.default(createSecret("")),
  /** Connections at a time; further requests wait for one. */
  maxConnections: z.number().int().min(1).max(200).default(20),
  /** Longest request, milliseconds: an insert that is slow is still an insert. */
  requestTimeoutMs: z.number().int().min(1000).default(120_000),
});
export type ClickHouseConfig = z.infer<typeof clickhouseConfig>;

/** Where the client reports its decisions. */
export interface ClickHouseLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export type QuerySettings = Readonly<Record<string, string | number>>;

export interface QueryOptions<T> {
  /** Reads one row. 64-bit integers come as text. */
  readonly schema: z.ZodType<T>;
  /** Rows as objects, or as arrays in the order of the columns (cheaper for many rows). Default objects. */
  readonly format?: "JSONEachRow" | "JSONCompactEachRow";
  readonly settings?: QuerySettings;
  readonly queryId?: string;
  readonly signal?: AbortSignal;
}

export interface CommandOptions {
  readonly settings?: QuerySettings;
  readonly signal?: AbortSignal;
  /** How long it may take, milliseconds, whatever the client's `requestTimeoutMs`. For what is known to take long. */
  readonly timeoutMs?: number;
}

export interface ReadOptions {
  readonly settings?: QuerySettings;
  readonly queryId?: string;
  readonly signal?: AbortSignal;
}

export interface InsertOptions {
  /** In the order of the block. Default: those of the table. */
  readonly columns?: readonly string[];
  /** Names the rows: a second insert with the same token within the table's window is dropped by the server. */
  readonly deduplicationToken?: string;
  readonly settings?: QuerySettings;
  readonly signal?: AbortSignal;
}

/**
 * ClickHouse. Every call throws an AppError: `unavailable` (away, overloaded, full), `resource_exhausted` and
 * `deadline_exceeded` (limits), `invalid_argument` (a value it could not read), `internal` (a query of ours it refused).
 * Parameters are bound by the server: `{name:Type}`.
 */
export interface ClickHouse {
  query<T>(sql: string, params: Readonly<Record<string, unknown>>, options: QueryOptions<T>): Promise<T[]>;
  /** A statement without an answer. Resolves when it is done. */
  command(sql: string, params?: Readonly<Record<string, unknown>>, options?: CommandOptions): Promise<void>;
  /**
   * The rows of a statement in blocks of whole columns, as they come: for many of them, which as JSON would cost more to read than to
   * find. Nothing is asked before the first block is; who stops early ends the statement.
   */
  readBlocks(sql: string, params: Readonly<Record<string, unknown>>, options?: ReadOptions): AsyncIterable<ReadBlock>;
  /**
   * The rows of a statement as texts of JSON, as they come, with the columns before them and what was read beside them: for answers
   * that go on to others unread. Nothing is asked before the first part is; who stops early ends the statement.
   */
  readJsonRows(
    sql: string,
    params: Readonly<Record<string, unknown>>,
    options?: ReadOptions,
  ): AsyncIterable<JsonRowsPart>;
  /** Inserts blocks in ClickHouse's Native format. Resolves when the table holds the rows. */
  insertNative(table: string, blocks: Uint8Array | readonly Uint8Array[], options?: InsertOptions): Promise<void>;
  /** Throws `unavailable` when it does not answer. */
  ping(): Promise<void>;
  /** Makes the database of the configuration unless it exists. */
  ensureDatabase(): Promise<void>;
  readonly database: string;
  close(): Promise<void>;
}

export interface ClickHouseOptions {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: Secret | string;
  readonly maxConnections?: number;
  readonly requestTimeoutMs?: number;
}

/** Always ours, whatever the server's defaults become. */
const SETTINGS: ClickHouseSettings = {
  // We batch ourselves, and answer for it: an insert is done when the server says so (default on since 26.3).
  async_insert: 0,
  wait_end_of_query: 1,
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: "best_effort",
};

/** Makes a client; connects when first asked. */
export function createClickHouse(options: ClickHouseOptions, { log }: { log: ClickHouseLog }): ClickHouse {
  const settings = {
    url: options.url,
    username: options.username,
    password: typeof options.password === "string" ? options.password : options.password.reveal(),
    application: "sightline",
    max_open_connections: options.maxConnections ?? 20,
    request_timeout: options.requestTimeoutMs ?? 120_000,
    keep_alive: { enabled: true, idle_socket_ttl: 2000, eagerly_destroy_stale_sockets: true },
    clickhouse_settings: SETTINGS,
    // What fails is thrown; on the console the client would only repeat it.
    log: { level: ClickHouseLogLevel.OFF },
  };
  const client = createClient({ ...settings, database: options.database });
  return {
    query: (sql, params, query) => runQuery(client, { sql, params, ...query }),
    command: async (sql, params = {}, command = {}) => {
      const { timeoutMs } = command;
      if (timeoutMs === undefined) return await runCommand(client, { sql, params, ...command });
      const patient = createClient({ ...settings, database: options.database, request_timeout: timeoutMs });
      try {
        await runCommand(patient, {
          sql,
          params,
          ...command,
          settings: { ...heardOf(timeoutMs), ...command.settings },
        });
      } finally {
        await patient.close();
      }
    },
    readBlocks: (sql, params, options = {}) => readColumns(client, { sql, params, ...options }),
    readJsonRows: (sql, params, options = {}) => readRows(client, { sql, params, ...options }),
    insertNative: (table, blocks, insert = {}) => insertNative(client, { table, blocks, ...insert }),
    ping: async () => {
      const result = await client.ping();
      if (!result.success) throw clickHouseError(result.error, "reach clickhouse");
    },
    ensureDatabase: async () => {
      const outside = createClient({ ...settings, database: "default" });
      try {
        const query = `CREATE DATABASE IF NOT EXISTS ${identifier(options.database)}`;
        await attempt(query, () => outside.command({ query }));
      } finally {
        await outside.close();
      }
      log.info({ database: options.database }, "clickhouse database is there");
    },
    database: options.database,
    close: () => client.close(),
  };
}

interface QueryRun<T> extends QueryOptions<T> {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Command extends CommandOptions {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

async function runCommand(client: ClickHouseClient, run: Command): Promise<void> {
  const call = () =>
    client.command({
      query: run.sql,
      query_params: { ...run.params },
      ...(run.settings === undefined ? {} : { clickhouse_settings: { ...run.settings } }),
      ...(run.signal === undefined ? {} : { abort_signal: run.signal }),
    });
  await attempt(summary(run.sql), call, run.signal);
}

/** Each tells how far it is in some 250 bytes of the answer's head, of which Node.js takes 16 KiB. */
const MAX_PROGRESS_HEADERS = 40;

/** The server lets hear of itself meanwhile: what lies between would end a connection that is silent. */
function heardOf(timeoutMs: number): QuerySettings {
  const intervalMs = Math.ceil(timeoutMs / MAX_PROGRESS_HEADERS);
  return { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: String(intervalMs) };
}

async function runQuery<T>(client: ClickHouseClient, run: QueryRun<T>): Promise<T[]> {
  const ask = () =>
    client.query({
      query: run.sql,
      query_params: { ...run.params },
      format: run.format ?? "JSONEachRow",
      ...(run.queryId === undefined ? {} : { query_id: run.queryId }),
      ...(run.settings === undefined ? {} : { clickhouse_settings: { ...run.settings } }),
      ...(run.signal === undefined ? {} : { abort_signal: run.signal }),
    });
  const read = async () => {
    const result = await askToRead(ask, run);
    using _ending = endWith(run.signal, () => result.close());
    return await result.json<unknown>();
  };
  const rows = await attempt(summary(run.sql), read, run.signal);
  return rows.map((row) => {
    const parsed = run.schema.safeParse(row);
    if (parsed.success) return parsed.data;
    throw new AppError("internal", `cannot read a row of "${summary(run.sql)}": ${z.prettifyError(parsed.error)}`);
  });
}

interface InsertRun extends InsertOptions {
  readonly table: string;
  readonly blocks: Uint8Array | readonly Uint8Array[];
}

interface Read extends ReadOptions {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

async function* readBytes(
  client: ClickHouseClient,
  run: Read & { readonly format: string },
): AsyncGenerator<Uint8Array, undefined> {
  const doing = summary(run.sql);
  const ask = () =>
    client.exec({
      query: `${run.sql}\nFORMAT ${run.format}`,
      query_params: { ...run.params },
      ...(run.queryId === undefined ? {} : { query_id: run.queryId }),
      ...(run.settings === undefined ? {} : { clickhouse_settings: { ...run.settings } }),
      ...(run.signal === undefined ? {} : { abort_signal: run.signal }),
    });
  const { stream } = await attempt(doing, () => askToRead(ask, run), run.signal);
  using _ending = endWith(run.signal, () => stream.destroy());
  try {
    for await (const piece of stream) yield z.instanceof(Uint8Array).parse(piece);
  } catch (thrown) {
    throw clickHouseError(thrown, doing, run.signal);
  } finally {
    stream.destroy();
  }
}

/** What comes as it is found: the server would hold back the answer to its end. */
const AT_ONCE: QuerySettings = { wait_end_of_query: 0 };

function readColumns(client: ClickHouseClient, run: Read): AsyncIterable<ReadBlock> {
  const settings = { ...run.settings, ...AT_ONCE };
  const failure = (text: string) => clickHouseError(parseError(text), summary(run.sql), run.signal);
  return readBlocks(readBytes(client, { ...run, settings, format: "Native" }), { failure });
}

async function* readRows(client: ClickHouseClient, run: Read): AsyncGenerator<JsonRowsPart, undefined> {
  const settings = { ...run.settings, ...AT_ONCE };
  try {
    yield* readJsonRows(readBytes(client, { ...run, settings, format: JSON_ROWS_FORMAT }));
  } catch (thrown) {
    throw clickHouseError(thrown, summary(run.sql), run.signal);
  }
}

/** The client's own `insert` does not know Native; its `exec` sends any stream. */
async function insertNative(client: ClickHouseClient, run: InsertRun): Promise<void> {
  const columns = run.columns === undefined ? "" : ` (${run.columns.map(identifier).join(", ")})`;
  const blocks = run.blocks instanceof Uint8Array ? [run.blocks] : run.blocks;
  const send = async () => {
    const { stream } = await client.exec({
      query: `INSERT INTO ${run.table.split(".").map(identifier).join(".")}${columns} FORMAT Native`,
      values: Readable.from(blocks, { objectMode: false }),
      clickhouse_settings: {
        ...(run.deduplicationToken === undefined ? {} : { insert_deduplication_token: run.deduplicationToken }),
        ...run.settings,
      },
      ...(run.signal === undefined ? {} : { abort_signal: run.signal }),
    });
    // The answer is empty, but its end is what says that the insert is done.
    stream.resume();
    await finished(stream);
  };
  await attempt(`insert into ${run.table}`, send, run.signal);
}

/** The client heeds a signal up to the answer's head only: from there on it ends the answer. */
function endWith(signal: AbortSignal | undefined, end: () => void): Disposable {
  if (signal?.aborted === true) end();
  signal?.addEventListener("abort", end, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", end) };
}

async function attempt<T>(doing: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    // The client listens for the abort only, and would not hear one that has been.
    signal?.throwIfAborted();
    return await call();
  } catch (thrown) {
    throw clickHouseError(thrown, doing, signal);
  }
}

/** How soon a request fails whose connection the server had ended: at once, or it was the query that took the server along. */
const ENDED_WITHIN_MS = 100;

/**
 * Asks once more where the connection is lost before an answer begins: a server may end one that was idle at the very moment when it is
 * used again. Not what takes long, and not what has a name of its own, which the server may know of by then.
 */
async function askToRead<T>(ask: () => Promise<T>, { queryId }: Pick<ReadOptions, "queryId">): Promise<T> {
  const askedAt = performance.now();
  try {
    return await ask();
  } catch (thrown) {
    const isEnded = isConnectionLost(thrown) && performance.now() - askedAt < ENDED_WITHIN_MS;
    if (!isEnded || queryId !== undefined) throw thrown;
    return await ask();
  }
}

function isConnectionLost(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ECONNRESET" || thrown.code === "EPIPE");
}

/** Enough of a statement to know which it is. */
function summary(sql: string): string {
  const line = sql.split("\n").find((candidate) => candidate.trim() !== "" && !candidate.trim().startsWith("--"));
  return `run "${(line ?? sql).trim().slice(0, 80)}"`;
}

/** Quotes a name of ours; names never come from users, and one that looks as if is refused. */
function identifier(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)) return `\`${name}\``;
  throw new AppError("internal", `cannot use ${JSON.stringify(name)} as a name in SQL`);
}
