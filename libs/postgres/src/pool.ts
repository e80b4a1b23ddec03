import type { Readable, Writable } from "node:stream";
import { AppError } from "@sightline/errors/app-error";
import { createSecret, type Secret, secret } from "@sightline/service/secret";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { z } from "zod";
import { postgresError } from "./postgres-error.ts";

/** What a service states about Postgres. */
export const postgresConfig = z.strictObject({
  /**
   * `postgres://user:password@host:5432/database`; `?sslmode=verify-full` asks for TLS. `?options=` takes the place of our own, by which
   * the server notices clients that it cannot reach any more.
   */
  url: secret.default(createSecret("postgres://sightline@127.0.0.1:7302/sightline")),
  maxConnections: z.number().int().min(1).max(100).default(10),
});
export type PostgresConfig = z.infer<typeof postgresConfig>;

/** Where the pool reports its decisions. */
export interface PostgresLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Runs statements. Every call throws an AppError: `unavailable` (down, overloaded, deadlock), `deadline_exceeded`
 * (longer than 30 s), `already_exists` (unique), `failed_precondition` (foreign key), `invalid_argument` (value).
 */
export interface Sql {
  /**
   * The rows, each read by the schema. bigint and numeric columns come as text, timestamps as Date: the schema says
   * what to make of them.
   */
  query<T>(sql: string, params: readonly unknown[], schema: z.ZodType<T>): Promise<T[]>;
  /** How many rows it changed. */
  execute(sql: string, params: readonly unknown[]): Promise<number>;
  /**
   * All or nothing; within a transaction it joins the outer one. The server ends one of which it hears nothing for 15 s between two statements,
   * which is `unavailable`: whoever stands still there would hold its locks for as long as its connection lives.
   */
  transaction<R>(work: (tx: Sql) => Promise<R>): Promise<R>;
}

/** A connection of one's own, for what is bound to a session: advisory locks. */
export interface Session extends Sql {
  /** Aborted when the connection is lost, and with it everything that was bound to it. */
  readonly lost: AbortSignal;
  /** The rows of a `COPY … TO STDOUT`, as Postgres writes them. Errors are Postgres' own. */
  copyOut(sql: string): Readable;
  /** Takes the rows of a `COPY … FROM STDIN`; they are there when it has finished. Errors are Postgres' own. */
  copyIn(sql: string): Writable;
  /** Closes the connection. Idempotent. */
  end(): Promise<void>;
}

export interface Pool extends Sql {
  /** Throws when Postgres does not answer. */
  ping(): Promise<void>;
  /** @param bounded whether statements have the usual 30 s, and pauses within a transaction 15 s; default true */
  session(bounded?: boolean): Promise<Session>;
  /** Waits for running statements. Idempotent. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly url: Secret | string;
  readonly maxConnections: number;
}

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Less than a statement has that waits for the locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** A server that cannot reach a client must notice within seconds, or what the client holds is not given to others. */
const KEEPALIVES = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2";

/** Makes a pool; connects when first asked. */
export function createPool({ url, maxConnections }: PoolOptions, { log }: { log: PostgresLog }): Pool {
  const settings = {
    connectionString: typeof url === "string" ? url : url.reveal(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Longer than the server's own limit: it ends statements when the server is gone without a word.
    query_timeout: STATEMENT_TIMEOUT_MS + 5000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    options: KEEPALIVES,
    keepAlive: true,
    application_name: "sightline",
  };
  const unbounded = { ...settings, statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 };
  const pool = new pg.Pool({ ...settings, max: maxConnections, idleTimeoutMillis: 30_000 });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (error) => log.warn({ error: error.message }, "postgres connection lost"));
  // Nor does anybody listen to a connection in use between two statements; the next statement fails by itself.
  pool.on("connect", (client) => client.on("error", () => undefined));
  let closing: Promise<void> | undefined;

  const statements = createSql((sql, params) => pool.query(sql, params));
  return {
    ...statements,
    transaction: (work) => transact(pool, work),
    ping: async () => {
      await statements.execute("SELECT 1", []);
    },
    session: (bounded = true) => openSession(bounded ? settings : unbounded),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

type Run = (sql: string, params: unknown[]) => Promise<pg.QueryResult>;

function createSql(run: Run): Sql {
  const sql: Sql = {
    query: async (text, params, schema) => {
      const { rows } = await attempt(text, () => run(text, [...params]));
      return rows.map((row) => parseRow(text, row, schema));
    },
    execute: async (text, params) => (await attempt(text, () => run(text, [...params]))).rowCount ?? 0,
    transaction: (work) => work(sql),
  };
  return sql;
}

async function transact<R>(pool: pg.Pool, work: (tx: Sql) => Promise<R>): Promise<R> {
  const client = await attempt("BEGIN", () => pool.connect());
  let broken = false;
  try {
    const tx = createSql((sql, params) => client.query(sql, params));
    await tx.execute("BEGIN", []);
    const result = await work(tx);
    await tx.execute("COMMIT", []);
    return result;
  } catch (thrown) {
    // A connection that cannot even roll back is thrown away; the first error is the one to tell.
    broken = await client.query("ROLLBACK").then(
      () => false,
      () => true,
    );
    throw thrown;
  } finally {
    client.release(broken);
  }
}

async function openSession(settings: pg.ClientConfig): Promise<Session> {
  const client = new pg.Client(settings);
  const lost = new AbortController();
  const onLost = (): void => lost.abort(new AppError("unavailable", "the session with postgres was lost"));
  client.on("error", onLost);
  client.on("end", onLost);
  await attempt("connect", () => client.connect());
  const sql = createSql((text, params) => client.query(text, params));
  let ending: Promise<void> | undefined;
  return {
    ...sql,
    transaction: async (work) => {
      await sql.execute("BEGIN", []);
      try {
        const result = await work(sql);
        await sql.execute("COMMIT", []);
        return result;
      } catch (thrown) {
        await client.query("ROLLBACK").catch(onLost);
        throw thrown;
      }
    },
    lost: lost.signal,
    copyOut: (text) => client.query(copyTo(text)),
    copyIn: (text) => client.query(copyFrom(text)),
    end: () => {
      ending ??= client.end().catch(() => undefined);
      return ending;
    },
  };
}

function parseRow<T>(text: string, row: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  throw new AppError("internal", `cannot read a row of "${firstLine(text)}": ${z.prettifyError(result.error)}`);
}

async function attempt<T>(text: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw postgresError(thrown, `run "${firstLine(text)}"`);
  }
}

/** Enough of a statement to know which it is; comments come first in our files. */
function firstLine(text: string): string {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "" && !candidate.startsWith("--"));
  return (line ?? text).trim().slice(0, 80);
}
