import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { ClickHouse, ClickHouseLog } from "./client.ts";

const createTableSql = readFileSync(new URL("./sql/create-migrations.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-migrations.sql", import.meta.url), "utf8");
const recordSql = readFileSync(new URL("./sql/record-migration.sql", import.meta.url), "utf8");

/** A numbered, immutable change of the schema. */
export interface Migration {
  /** `NNNN_noun`: the number orders it. */
  readonly name: string;
  /**
   * Statements, each ended by a semicolon at the end of a line. ClickHouse has no transactions over them: each must do
   * no harm when it is run again (`IF NOT EXISTS`), since a start that broke off is repeated from the first.
   */
  readonly sql: string;
}

const appliedRow = z.object({ name: z.string(), checksum: z.string() });

/**
 * Brings the database to this program's schema, making the database if needed. Throws `failed_precondition` when the
 * database knows a migration that this program does not (it is newer), or an applied one was changed afterwards.
 */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
  log: ClickHouseLog,
): Promise<void> {
  await clickhouse.ensureDatabase();
  await clickhouse.command(createTableSql);
  const applied = await clickhouse.query(listSql, {}, { schema: appliedRow });
  const wanted = new Map(migrations.map(({ name, sql }) => [name, checksum(sql)]));
  for (const { name, checksum: got } of applied) assertKnown(name, got, wanted.get(name));
  const done = new Set(applied.map(({ name }) => name));
  for (const { name, sql } of migrations) {
    if (done.has(name)) continue;
    const started = performance.now();
    for (const statement of statements(sql)) await clickhouse.command(statement);
    await clickhouse.command(recordSql, { name, checksum: checksum(sql) });
    log.info({ migration: name, tookMs: Math.round(performance.now() - started) }, "clickhouse migration applied");
  }
}

/** The names of the migrations that the client's database has seen, in order; none when it is not Sightline's. */
export async function appliedMigrations(clickhouse: ClickHouse, signal: AbortSignal): Promise<string[]> {
  await clickhouse.ensureDatabase();
  await clickhouse.command(createTableSql, {}, { signal });
  const applied = await clickhouse.query(listSql, {}, { schema: appliedRow, signal });
  return applied.map(({ name }) => name);
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
