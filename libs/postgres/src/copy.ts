import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { AppError } from "@sightline/errors/app-error";
import { retry } from "@sightline/service/retry";
import { z } from "zod";
import { makeSchema } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import type { Pool, Session } from "./pool.ts";

const listTablesSql = readFileSync(new URL("./sql/list-tables.sql", import.meta.url), "utf8");
const listSequencesSql = readFileSync(new URL("./sql/list-sequences.sql", import.meta.url), "utf8");
const listMigrationsSql = readFileSync(new URL("./sql/list-schema-migrations.sql", import.meta.url), "utf8");
const setSequenceSql = readFileSync(new URL("./sql/set-sequence.sql", import.meta.url), "utf8");
const emptyTablesSql = readFileSync(new URL("./sql/empty-tables.sql", import.meta.url), "utf8");
const dropTablesSql = readFileSync(new URL("./sql/drop-tables.sql", import.meta.url), "utf8");

const tableRow = z.object({
  name: z.string(),
  copyOut: z.string(),
  copyIn: z.string(),
  references: z.array(z.string()),
});
type TableRow = z.infer<typeof tableRow>;

const sequenceRow = z.object({ name: z.string(), value: z.string().nullable() });
/** Where a sequence stands; null when it was never used. */
export type SequenceValue = z.infer<typeof sequenceRow>;

/** The table that says which migrations were applied: made anew by applying them. */
const MIGRATIONS_TABLE = "schema_migrations";

/** The whole database at one moment. */
export interface Snapshot {
  /** The migrations that its schema is of. */
  readonly migrations: readonly string[];
  /** In the order in which they can be filled again: those that are referred to come first. */
  readonly tables: readonly string[];
  readonly sequences: readonly SequenceValue[];
  /** A table's rows, in the text form of COPY. */
  copyOut(table: string): Readable;
  end(): Promise<void>;
}

/** Opens a snapshot: what others change meanwhile is not seen. */
export async function openSnapshot(pool: Pool): Promise<Snapshot> {
  const session = await pool.session(false);
  try {
    await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", []);
    const all = await session.query(listTablesSql, [], tableRow);
    if (!all.some(({ name }) => name === MIGRATIONS_TABLE)) {
      throw new AppError("failed_precondition", "cannot read the database: it is not Sightline's, or empty");
    }
    const migrations = await session.query(listMigrationsSql, [], z.object({ name: z.string() }));
    const tables = inOrder(all.filter(({ name }) => name !== MIGRATIONS_TABLE));
    return {
      migrations: migrations.map(({ name }) => name),
      tables: tables.map(({ name }) => name),
      sequences: await session.query(listSequencesSql, [], sequenceRow),
      copyOut: (table) => session.copyOut(find(tables, table).copyOut),
      end: session.end,
    };
  } catch (thrown) {
    await session.end();
    throw thrown;
  }
}

/** A database that is being filled; nothing of it is seen before `commit`. */
export interface Refill {
  /** Takes a table's rows, as `copyOut` gave them. */
  copyIn(table: string): Writable;
  commit(sequences: readonly SequenceValue[]): Promise<void>;
  /** Takes back whatever was not committed. Idempotent. */
  end(): Promise<void>;
}

export interface RefillOptions {
  /** That the schema is to be of. */
  readonly migrations: readonly string[];
  readonly signal: AbortSignal;
}

/** A statement that waits longer for those who use a table lets them go on, and comes again. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'";

/**
 * Empties the database and brings it to the schema of the given migrations, ready to be filled. The database is
 * Sightline's own: every table in it goes. All of it is one transaction, together with what is filled in: until `commit`
 * the database is for others as it was, though they wait for it, and stays so if that never comes.
 *
 * @throws AppError failed_precondition when this program does not know one of the migrations
 */
export async function openRefill(pool: Pool, { migrations, signal }: RefillOptions): Promise<Refill> {
  const unknown = migrations.find((name) => !MIGRATIONS.some((migration) => migration.name === name));
  if (unknown !== undefined) {
    throw new AppError(
      "failed_precondition",
      `cannot restore the schema: got migration ${unknown}, want a newer program`,
    );
  }
  const session = await pool.session(false);
  try {
    // Services that run on hold locks in an order of their own; one of two that wait for each other is turned away.
    await retry(() => beginEmpty(session), { attempts: 20, baseDelayMs: 50, maxDelayMs: 1000, signal });
    await makeSchema(
      session,
      MIGRATIONS.filter(({ name }) => migrations.includes(name)),
    );
    // Migrations put rows in of their own.
    await session.execute(emptyTablesSql, []);
    const tables = await session.query(listTablesSql, [], tableRow);
    return {
      copyIn: (table) => session.copyIn(find(tables, table).copyIn),
      commit: (sequences) => commit(session, sequences),
      end: session.end,
    };
  } catch (thrown) {
    await session.end();
    throw thrown;
  }
}

/** Begins a transaction in which there are no tables. */
async function beginEmpty(session: Session): Promise<void> {
  await session.execute("BEGIN", []);
  try {
    await session.execute(LOCK_TIMEOUT, []);
    await session.execute(dropTablesSql, []);
  } catch (thrown) {
    await session.execute("ROLLBACK", []);
    throw thrown;
  }
}

async function commit(session: Session, sequences: readonly SequenceValue[]): Promise<void> {
  for (const { name, value } of sequences) {
    await session.execute(setSequenceSql, [name, value ?? "1", value !== null]);
  }
  await session.execute("COMMIT", []);
}

function find(tables: readonly TableRow[], name: string): TableRow {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new AppError("not_found", `cannot copy the table ${name}: there is none`);
  return table;
}

/** Tables behind those that they refer to. */
function inOrder(tables: readonly TableRow[]): TableRow[] {
  const ordered: TableRow[] = [];
  let left = tables;
  while (left.length > 0) {
    const ready = left.filter(({ references }) => references.every((name) => ordered.some((t) => t.name === name)));
    if (ready.length === 0) {
      const names = left.map(({ name }) => name).join(", ");
      throw new AppError("internal", `cannot order the tables: ${names} refer to each other`);
    }
    ordered.push(...ready);
    left = left.filter((table) => !ready.includes(table));
  }
  return ordered;
}
