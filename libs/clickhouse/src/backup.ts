import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { assertBackupPlace, withoutKeys } from "./backup-place.ts";
import type { ClickHouse } from "./client.ts";
import { setExpiry } from "./contents.ts";

const bytesSql = readFileSync(new URL("./sql/database-bytes.sql", import.meta.url), "utf8");
const stateSql = readFileSync(new URL("./sql/backup-state.sql", import.meta.url), "utf8");
const endSql = readFileSync(new URL("./sql/end-backup.sql", import.meta.url), "utf8");
const dropDatabaseSql = readFileSync(new URL("./sql/drop-database.sql", import.meta.url), "utf8");

export interface BackupWork {
  readonly signal: AbortSignal;
  /** Told now and then how far it is; `totalBytes` is 0 as long as that is not known. */
  onProgress(doneBytes: number, totalBytes: number): void;
}

export interface BackupOptions extends BackupWork {
  /**
   * Called once the server has fixed which rows of all tables it is going to copy: what is written from then on is not in
   * the backup. Fails the backup when it rejects.
   */
  onFixed?(): Promise<void>;
}

/**
 * Backs the client's database up to a place that the server can write. When it does not succeed the server has stopped
 * writing there, as far as it could be reached.
 */
export async function backupDatabase(clickhouse: ClickHouse, place: string, options: BackupOptions): Promise<void> {
  const statement = `BACKUP DATABASE ${quoted(clickhouse.database)}`;
  const schema = z.object({ bytes: z.string().transform(Number) });
  const [{ bytes } = { bytes: 0 }] = await clickhouse.query(bytesSql, {}, { schema, signal: options.signal });
  const { signal, onProgress, onFixed } = options;
  let isFixed = false;
  const onState = async ({ entries, totalBytes, status }: State): Promise<void> => {
    // Files are written, the smallest first, once the parts of all tables are held (doBackup of BackupsWorker.cpp).
    if (!isFixed && (entries > 0 || isDone(status))) {
      isFixed = true;
      await onFixed?.();
    }
    // The server knows how much there is only when it has written it.
    onProgress(Math.min(totalBytes, bytes), bytes);
  };
  await run(clickhouse, { signal, onState, statement, place });
}

export interface RestoreOptions extends BackupWork {
  /** The database's name when it was backed up. */
  readonly from: string;
}

/** Throws unless a backup lies there that this server can read: its structure is restored into a database beside ours. */
export async function checkBackup(clickhouse: ClickHouse, place: string, options: RestoreOptions): Promise<void> {
  // A name that nobody has: what is called like this goes in the end.
  const trial = `${clickhouse.database}_trial_${randomUUID().replaceAll("-", "")}`;
  const remove = () => drop(clickhouse, trial, AbortSignal.timeout(END_MS));
  // Statements are of a database, which a restore that broke off may have left missing.
  await clickhouse.ensureDatabase();
  try {
    await restoreAs(clickhouse, trial, { ...options, place, settings: "structure_only = true" });
  } catch (thrown) {
    await remove().catch(() => undefined);
    throw thrown;
  }
  await remove();
}

/**
 * Puts the client's database back as it was; whatever is in it goes. Rows whose time is over are kept until
 * `setExpiry` says otherwise, so that what is there can be compared. Can be done again after it broke off.
 */
export async function restoreDatabase(clickhouse: ClickHouse, place: string, options: RestoreOptions): Promise<void> {
  const { database } = clickhouse;
  const { signal } = options;
  assertBackupPlace(place);
  await clickhouse.ensureDatabase();
  await drop(clickhouse, database, signal);
  await clickhouse.ensureDatabase();
  await restoreAs(clickhouse, database, { ...options, place, settings: "structure_only = true" });
  await setExpiry(clickhouse, false, signal);
  await restoreAs(clickhouse, database, { ...options, place });
}

function drop(clickhouse: ClickHouse, database: string, signal: AbortSignal): Promise<void> {
  // Whoever restores means it, however large the tables are.
  const settings = { max_table_size_to_drop: 0, max_partition_size_to_drop: 0 };
  return clickhouse.command(dropDatabaseSql, { database }, { signal, settings });
}

type Restore = Pick<Run, "place" | "settings"> & RestoreOptions;

function restoreAs(clickhouse: ClickHouse, database: string, restore: Restore): Promise<void> {
  const { from, onProgress, ...rest } = restore;
  const statement = `RESTORE DATABASE ${quoted(from)} AS ${quoted(database)}`;
  const onState = async ({ bytesRead, totalBytes }: State) => onProgress(bytesRead, totalBytes);
  return run(clickhouse, { ...rest, statement, onState });
}

const stateRow = z.object({
  status: z.string(),
  error: z.string(),
  bytesRead: z.string().transform(Number),
  totalBytes: z.string().transform(Number),
  entries: z.string().transform(Number),
});
type State = z.infer<typeof stateRow>;

const POLL_MS = 300;
/** Until it is under way: others may wait for that. */
const FIRST_POLL_MS = 50;
/** What the server is given to end what is not wanted any more. */
const END_MS = 30_000;

interface Run {
  readonly signal: AbortSignal;
  /** Told of every state until it is done; ends the work when it rejects. */
  onState(state: State): Promise<void>;
  /** Without the place. */
  readonly statement: string;
  readonly place: string;
  readonly settings?: string;
}

async function run(clickhouse: ClickHouse, { statement, place, settings, signal, onState }: Run): Promise<void> {
  assertBackupPlace(place);
  const id = randomUUID();
  const more = settings === undefined ? "" : `, ${settings}`;
  const preposition = statement.startsWith("BACKUP") ? "TO" : "FROM";
  try {
    // In the background, and asked after: it takes longer than any connection should be held. The place is on a line of
    // its own: errors tell of a statement by its first one.
    const sql = `${statement}\n${preposition} ${place}\nSETTINGS id = '${id}', async = true${more}`;
    // Not given up half way: whether it has begun could not be told.
    signal.throwIfAborted();
    await clickhouse.command(sql, {}, { signal: AbortSignal.timeout(END_MS) });
    await follow(clickhouse, id, { signal, onState });
  } catch (thrown) {
    await end(clickhouse, id);
    const error = AppError.from(signal.aborted ? signal.reason : thrown);
    throw new AppError(error.code, withoutKeys(error.message, place));
  }
}

type Following = Pick<Run, "signal" | "onState">;

async function follow(clickhouse: ClickHouse, id: string, { signal, onState }: Following): Promise<void> {
  for (;;) {
    const [state] = await clickhouse.query(stateSql, { id }, { schema: stateRow, signal });
    if (state === undefined) throw new AppError("unavailable", "cannot follow the backup: clickhouse was started anew");
    if (isBroken(state.status)) {
      throw new AppError("failed_precondition", `cannot finish the backup or restore: ${reasonOf(state.error)}`);
    }
    await onState(state);
    if (isDone(state.status)) return;
    await sleep(state.entries === 0 ? FIRST_POLL_MS : POLL_MS, undefined, { signal });
  }
}

/** Ends what is still under way, and waits for that: it would go on writing where nobody expects it any more. */
async function end(clickhouse: ClickHouse, id: string): Promise<void> {
  const signal = AbortSignal.timeout(END_MS);
  try {
    for (;;) {
      const [state] = await clickhouse.query(stateSql, { id }, { schema: stateRow, signal });
      if (state === undefined || isBroken(state.status) || isDone(state.status)) return;
      await clickhouse.command(endSql, { id }, { signal });
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch {
    // A server that is away has ended it; one that does not answer cannot be made to. The first error is the one to tell.
  }
}

function isDone(status: string): boolean {
  return status === "BACKUP_CREATED" || status === "RESTORED";
}

function isBroken(status: string): boolean {
  return /_FAILED$|_CANCELLED$/.test(status);
}

/** The server's own words without where in its source they were said. */
function reasonOf(error: string): string {
  const [reason = ""] = error.split(/, Stack trace|\n/, 1);
  return `clickhouse says ${reason.replace(/^Code: \d+\. DB::Exception: /, "")}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
