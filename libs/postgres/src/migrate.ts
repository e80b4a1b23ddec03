import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import type { Pool, PostgresLog, Session, Sql } from "./pool.ts";

const createSql = readFileSync(new URL("./sql/create-schema-migrations.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-schema-migrations.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-schema-migration.sql", import.meta.url), "utf8");

/** Any number works, as long as nobody else in this database takes it. */
const LOCK = 7_302_001;

/**
 * What a migration needs of its session. Whoever waits for others to migrate, or within a migration for those who use a
 * table, gives up after a while and comes again. A process that was killed is noticed while its statement still runs:
 * otherwise that would hold the lock to its end, and then be rolled back.
 */
const SESSION_SETTINGS = ["SET lock_timeout = '30s'", "SET client_connection_check_interval = '1s'"];

const appliedRow = z.object({ name: z.string(), checksum: z.string() });

/**
 * Brings the database to this program's schema. Any service may call it at start, at the same time as others: an
 * advisory lock lets one at a time. Each migration is one transaction, of any length: what broke off has left nothing
 * behind, and the next start goes on from there. Throws `failed_precondition` when the database knows a migration that
 * this program does not (it is newer), or an applied one was changed afterwards; `unavailable` when others are at it for
 * more than half a minute.
 */
export async function migrate(pool: Pool, log: PostgresLog, migrations = MIGRATIONS): Promise<void> {
  const session = await pool.session(false);
  try {
    for (const setting of SESSION_SETTINGS) await session.execute(setting, []);
    await session.execute("SELECT pg_advisory_lock($1)", [LOCK]);
    await session.execute(createSql, []);
    const applied = await session.query(listSql, [], appliedRow);
    assertKnown(applied, migrations);
    const done = new Set(applied.map(({ name }) => name));
    for (const migration of migrations) {
      if (!done.has(migration.name)) await apply(session, migration, log);
    }
  } finally {
    // Ending the session gives the lock back.
    await session.end();
  }
}

/**
 * Makes the schema of the given migrations in a database without tables, within the transaction of the caller: services
 * that start meanwhile wait for its end.
 */
export async function makeSchema(tx: Sql, migrations: readonly Migration[]): Promise<void> {
  await tx.execute("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  await tx.execute(createSql, []);
  for (const migration of migrations) await applyWithin(tx, migration);
}

async function applyWithin(tx: Sql, { name, sql }: Migration): Promise<void> {
  await tx.execute(sql, []);
  await tx.execute(insertSql, [name, checksum(sql)]);
}

async function apply(session: Session, migration: Migration, log: PostgresLog): Promise<void> {
  const { name } = migration;
  const started = performance.now();
  await session.transaction((tx) => applyWithin(tx, migration));
  log.info({ migration: name, tookMs: Math.round(performance.now() - started) }, "postgres migration applied");
}

function assertKnown(applied: readonly z.infer<typeof appliedRow>[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(({ name, sql }) => [name, checksum(sql)]));
  for (const { name, checksum: got } of applied) {
    const want = known.get(name);
    if (want === undefined) {
      throw new AppError(
        "failed_precondition",
        `cannot use the database: got migration ${name}, which this program does not know; want a newer program`,
      );
    }
    if (want !== got) {
      throw new AppError(
        "failed_precondition",
        `cannot use the database: migration ${name} was changed after it had been applied`,
      );
    }
  }
}

function checksum(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
