import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import type { ClickHouse } from "./client.ts";

const stateSql = readFileSync(new URL("./sql/backup-state.sql", import.meta.url), "utf8");
const dropDatabaseSql = readFileSync(new URL("./sql/drop-database.sql", import.meta.url), "utf8");
const countRowsSql = readFileSync(new URL("./sql/count-rows.sql", import.meta.url), "utf8");
const hashRowsSql = readFileSync(new URL("./sql/hash-rows.sql", import.meta.url), "utf8");
const listTablesSql = readFileSync(new URL("./sql/list-data-tables.sql", import.meta.url), "utf8");

export interface BackupWork {
  readonly signal: AbortSignal;
  /** Told now and then how far it is; `totalBytes` is 0 as long as that is not known. */
  onProgress(doneBytes: number, totalBytes: number): void;
}

/** A text, or the name of a named collection of the server's, which keeps credentials out of the statement. */
const argument = String.raw`(?:'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*)`;
const placePattern = new RegExp(`^(File|Disk|S3|AzureBlobStorage)\\(${argument}(\\s*,\\s*${argument})*\\)$`);

/**
 * Where a backup lies, as ClickHouse's BACKUP writes it: `File('/backups/x')`, `Disk('backups', 'x')`,
 * `S3(a_named_collection, 'x')`. It cannot be a parameter of the statement; so only these forms are let through.
 */
export function assertBackupPlace(place: string): void {
  if (placePattern.test(place)) return;
  throw invalid(
    "cannot use the place for ClickHouse's backup: want File('…'), Disk('…', '…'), S3('…') or AzureBlobStorage('…')",
  );
}

/** Backs the client's database up to a place that the server can write. */
export async function backupDatabase(clickhouse: ClickHouse, place: string, work: BackupWork): Promise<void> {
  assertBackupPlace(place);
  await run(clickhouse, `BACKUP DATABASE ${quoted(clickhouse.database)} TO ${place}`, work);
}

export interface RestoreOptions extends BackupWork {
  /** The database's name when it was backed up. */
  readonly from: string;
}

/**
 * Puts the client's database back as it was; whatever is in it goes, but not before the backup was seen to be there:
 * its structure is restored into a database beside it first.
 */
export async function restoreDatabase(clickhouse: ClickHouse, place: string, options: RestoreOptions): Promise<void> {
  assertBackupPlace(place);
  const { database } = clickhouse;
  const { from, signal } = options;
  const trial = `${database}_trial`;
  await clickhouse.command(dropDatabaseSql, { database: trial }, { signal });
  await run(clickhouse, `RESTORE DATABASE ${quoted(from)} AS ${quoted(trial)} FROM ${place}`, {
    ...options,
    settings: "structure_only = true",
  });
  await clickhouse.command(dropDatabaseSql, { database: trial }, { signal });
  await clickhouse.command(dropDatabaseSql, { database }, { signal });
  await clickhouse.ensureDatabase();
  await run(clickhouse, `RESTORE DATABASE ${quoted(from)} AS ${quoted(database)} FROM ${place}`, options);
}

const stateRow = z.object({
  status: z.string(),
  error: z.string(),
  bytesRead: z.string().transform(Number),
  totalBytes: z.string().transform(Number),
});

const POLL_MS = 300;

interface Run extends BackupWork {
  readonly settings?: string;
}

async function run(clickhouse: ClickHouse, statement: string, { signal, onProgress, settings }: Run): Promise<void> {
  const id = randomUUID();
  // In the background, and asked after: it takes longer than any connection should be held.
  const more = settings === undefined ? "" : `, ${settings}`;
  await clickhouse.command(`${statement} SETTINGS id = '${id}', async = true${more}`, {}, { signal });
  for (;;) {
    const [state] = await clickhouse.query(stateSql, { id }, { schema: stateRow, signal });
    if (state === undefined) throw new AppError("unavailable", "cannot follow the backup: clickhouse was started anew");
    if (/_FAILED$|_CANCELLED$/.test(state.status)) {
      const [reason = ""] = state.error.split("\n");
      throw new AppError("failed_precondition", `cannot finish the backup or restore: clickhouse says ${reason}`);
    }
    onProgress(state.bytesRead, state.totalBytes);
    if (state.status === "BACKUP_CREATED" || state.status === "RESTORED") return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** What a table holds. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** Over all rows in any order, 64 bits in hex. Only where it was asked for: it reads everything. */
  readonly hash?: string | undefined;
}

const tableRow = z.object({ name: z.string(), merging: z.number() });
const contentRow = z.object({ rows: z.string().transform(Number), hash: z.string().optional() });

/** Counts, and on request hashes, the rows of every table of the client's database. */
export async function readContents(
  clickhouse: ClickHouse,
  options: { readonly hash: boolean; readonly signal: AbortSignal },
): Promise<TableContent[]> {
  const { hash, signal } = options;
  const contents: TableContent[] = [];
  for (const { name, merging } of await clickhouse.query(listTablesSql, {}, { schema: tableRow, signal })) {
    const query = { schema: contentRow, settings: { final: merging }, signal };
    const [found] = await clickhouse.query(hash ? hashRowsSql : countRowsSql, { table: name }, query);
    contents.push({ name, ...(found ?? { rows: 0 }) });
  }
  return contents;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
