import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { z } from "zod";
import type { ClickHouse, ClickHouseLog } from "./client.ts";

const createTableSql = readFileSync(new URL("./sql/create-migrations.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-migrations.sql", import.meta.url), "utf8");
const listDaysSql = readFileSync(new URL("./sql/list-days.sql", import.meta.url), "utf8");
const isRunningSql = readFileSync(new URL("./sql/is-running.sql", import.meta.url), "utf8");
const recordSql = readFileSync(new URL("./sql/record-migration.sql", import.meta.url), "utf8");

/** A numbered, immutable change of the schema. */
export interface Migration {
  /** `NNNN_noun`: the number orders it. */
  readonly name: string;
  /**
   * Statements, each ended by a semicolon at the end of a line. ClickHouse has no transactions over them: each must do
   * no harm when it is run again (`IF NOT EXISTS`), since a start that broke off is repeated from the first.
   *
   * One that takes what is there already has a parameter `{day_of_<table>:Date}`: it is run for each day of that table,
   * which is partitioned by it, and not again for days that are done. All days at once would take hours somewhere.
   */
  readonly sql: string;
}

const appliedRow = z.object({ name: z.string(), checksum: z.string() });
const dayRow = z.object({ day: z.string() });
const runningRow = z.object({ running: z.number() });

const DAY_OF_TABLE = /\{(day_of_(\w+)):Date\}/;
const MAX_DAY_MS = 3_600_000;

/**
 * Brings the database to this program's schema, making the database if needed. Throws `failed_precondition` when the
 * database knows a migration that this program does not (it is newer), or an applied one was changed afterwards;
 * `unavailable` while the server is still at a day that another start, or one that was ended, has begun.
 */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
  log: ClickHouseLog,
): Promise<void> {
  await clickhouse.ensureDatabase();
  await clickhouse.command(createTableSql);
  const recorded = await clickhouse.query(listSql, {}, { schema: appliedRow });
  const applied = recorded.filter(({ name }) => !isDay(name));
  const days = new Map(recorded.map(({ name, checksum }) => [name, checksum]));
  const wanted = new Map(migrations.map(({ name, sql }) => [name, checksum(sql)]));
  for (const { name, checksum: got } of applied) assertKnown(name, got, wanted.get(name));
  const done = new Set(applied.map(({ name }) => name));
  for (const { name, sql } of migrations) {
    if (done.has(name)) continue;
    const started = performance.now();
    for (const [at, statement] of statements(sql).entries()) {
      await runStatement(statement, { clickhouse, log, name: `${name}/${at}`, days });
    }
    await clickhouse.command(recordSql, { name, checksum: checksum(sql) });
    log.info({ migration: name, tookMs: Math.round(performance.now() - started) }, "clickhouse migration applied");
  }
}

/** The names of the migrations that the client's database has seen, in order; none when it is not Sightline's. */
export async function appliedMigrations(clickhouse: ClickHouse, signal: AbortSignal): Promise<string[]> {
  await clickhouse.ensureDatabase();
  await clickhouse.command(createTableSql, {}, { signal });
  const applied = await clickhouse.query(listSql, {}, { schema: appliedRow, signal });
  return applied.map(({ name }) => name).filter((name) => !isDay(name));
}

interface StatementRun {
  readonly clickhouse: ClickHouse;
  readonly log: ClickHouseLog;
  /** Of the statement. */
  readonly name: string;
  /** The days that are done, as they are recorded, and the checksum of what did them. */
  readonly days: ReadonlyMap<string, string>;
}

async function runStatement(statement: string, { clickhouse, log, name, days }: StatementRun): Promise<void> {
  const [, parameter, table] = DAY_OF_TABLE.exec(statement) ?? [];
  if (parameter === undefined) return await clickhouse.command(statement);
  const sum = checksum(statement);
  const found = await clickhouse.query(listDaysSql, { table }, { schema: dayRow });
  for (const { day } of found) {
    const part = `${name}/${day}`;
    if (days.get(part) === sum) continue;
    // The server goes on with a statement whose client is gone: begun again and again there would be ever more of them.
    const marker = `sightline ${clickhouse.database} ${part} ${sum}`;
    const [answer] = await clickhouse.query(isRunningSql, { marker }, { schema: runningRow });
    if (answer?.running !== 0) throw unavailable(`cannot begin ${part}: the server is still at it`);
    const started = performance.now();
    const options = { timeoutMs: MAX_DAY_MS, settings: { log_comment: marker } };
    await clickhouse.command(statement, { [parameter]: day }, options);
    await clickhouse.command(recordSql, { name: part, checksum: sum });
    log.info({ part, tookMs: Math.round(performance.now() - started) }, "day of a clickhouse migration done");
  }
}

/** Whether it is the record of a day, not of a migration. */
function isDay(name: string): boolean {
  return name.includes("/");
}

function assertKnown(name: string, got: string, want: string | undefined): void {
  if (want === undefined) {
    const message = `cannot use the database: got migration ${name}, which this program does not know; want a newer program`;
    throw new AppError("failed_precondition", message);
  }
  if (want !== got) {
    throw new AppError("failed_precondition", `cannot use the database: migration ${name} was changed after it ran`);
  }
}

/** The statements of a file: a semicolon at the end of a line ends one. Lines that are comments are left out. */
export function statements(sql: string): string[] {
  return sql
    .replaceAll(/^[ \t]*--.*$/gm, "")
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

function checksum(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
