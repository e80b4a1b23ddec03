import { join, resolve } from "node:path";
import { checkBackup, restoreDatabase } from "@sightline/clickhouse/backup";
import { readContents, setExpiry, type TableContent } from "@sightline/clickhouse/contents";
import { appliedMigrations } from "@sightline/clickhouse/migrate";
import { AppError } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { openRefill } from "@sightline/postgres/copy";
import { MIGRATIONS } from "@sightline/postgres/migrations";
import type { Context } from "../context.ts";
import { type Column, formatBytes } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { placeIn } from "./backup.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { restStorage } from "./rest.ts";
import { schemaNote } from "./schema-note.ts";
import { openServers, type Servers } from "./servers.ts";
import { checkTableFile, readTableFile } from "./table-file.ts";

export interface RestoreOptions {
  /** Where ClickHouse's part lies, if not in the backup's directory. */
  readonly clickhouseFrom?: string | undefined;
  /** That everything there is now goes is understood. */
  readonly replace?: boolean | undefined;
}

/**
 * `sightlinectl restore`: puts Postgres and ClickHouse back as the backup has them, compares, and sets storage to where
 * it was on the bus, if that is still the same. The services may run; they find the data changed under them.
 */
export async function restore(context: Context, directory: string, options: RestoreOptions): Promise<void> {
  const { out } = context;
  const dir = resolve(directory);
  const manifest = await readManifest(dir);
  if (options.replace !== true) {
    throw new UsageError(
      "cannot restore: everything there is now in ClickHouse and Postgres will be lost; want --replace",
    );
  }
  const from = options.clickhouseFrom?.replaceAll("{name}", manifest.name);
  if (from === undefined && !manifest.clickhouse.inside) {
    throw new UsageError(`cannot restore: ClickHouse's part is not in ${dir}; want --clickhouse-from`);
  }
  const place = from ?? placeIn(dir);
  await using servers = await openServers(context.settings(), out.note);
  await using rest = await restStorage(servers.storage, { atOnce: true, signal: context.signal });
  const running = { ...context, signal: AbortSignal.any([context.signal, rest.lost]) };
  const known = {
    postgres: MIGRATIONS.map(({ name }) => name),
    clickhouse: await appliedMigrations(servers.clickhouse, running.signal),
  };
  let isTouched = false;
  const parts = async (): Promise<string[]> => {
    await checkAll(servers, manifest, { dir, place, context: running });
    isTouched = true;
    await restorePostgres(servers, manifest, { dir, context: running });
    return await restoreClickHouse(servers, manifest, { place, context: running });
  };
  let different: readonly string[];
  try {
    different = await rest.during(parts);
    await rewind(servers, manifest, { id: rest.id, context: running });
  } catch (thrown) {
    if (isTouched)
      out.note("the restore broke off: what there is now is not whole, or not of one moment; run it again");
    throw thrown;
  }
  if (different.length > 0) {
    throw new AppError("data_loss", `the restored data is not that of the backup: ${different.join(", ")} differ`);
  }
  const { name, created, version } = manifest;
  out.progress.done(`restored ${name}, taken at ${created} by Sightline ${version}`);
  const note = schemaNote(manifest, known);
  if (note !== undefined) out.note(note);
}

/** Sets storage to where it was, if the bus is still the same; in any case it forgets what it knew of the database. */
async function rewind({ storage }: Servers, manifest: Manifest, { id, context }: { id: string; context: Context }) {
  const { out, signal } = context;
  const lanes = manifest.lanes.map((lane) => ({ ...lane, storedSequence: BigInt(lane.storedSequence) }));
  const { lanes: set } = await storage.call("rewindLanes", { id, lanes }, { tenant: DEFAULT_TENANT, signal });
  out.progress.done(
    set.length === 0
      ? "bus: another one than then; storage goes on where it was"
      : `bus: storage goes on where the backup was taken (${set.join(", ")}), with what the bus still has`,
  );
}

/** Looks at every part of the backup before anything there is now is touched. */
async function checkAll(servers: Servers, manifest: Manifest, { dir, place, context }: Part & ClickHousePart) {
  const { out, signal } = context;
  out.progress.update("looking at the backup");
  for (const want of manifest.postgres.tables) await checkTableFile(fileOf(dir, want.name), want, signal);
  const { database } = manifest.clickhouse;
  await checkBackup(servers.clickhouse, place, { from: database, signal, onProgress: () => undefined });
}

/** Where a table's rows are. */
function fileOf(dir: string, table: string): string {
  return join(dir, "postgres", `${table}.copy.zst`);
}

interface Part {
  readonly dir: string;
  readonly context: Context;
}

async function restorePostgres({ postgres }: Servers, manifest: Manifest, { dir, context }: Part): Promise<void> {
  const { out, signal } = context;
  const { migrations, tables, sequences } = manifest.postgres;
  const refill = await openRefill(postgres, { migrations, signal });
  try {
    for (const [at, want] of tables.entries()) {
      out.progress.update(`postgres: ${want.name}`, at / tables.length);
      await readTableFile(fileOf(dir, want.name), refill.copyIn(want.name), { want, signal });
    }
    await refill.commit(sequences);
  } finally {
    await refill.end();
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  out.progress.done(`postgres: ${rows} rows of ${tables.length} tables`);
}

interface ClickHousePart {
  readonly place: string;
  readonly context: Context;
}

/** Answers the tables that are not as they were. */
async function restoreClickHouse({ clickhouse }: Servers, manifest: Manifest, part: ClickHousePart): Promise<string[]> {
  const { out, signal } = part.context;
  const { database, tables } = manifest.clickhouse;
  await restoreDatabase(clickhouse, part.place, {
    from: database,
    signal,
    onProgress: (done, total) =>
      out.progress.update(`clickhouse: ${formatBytes(total)}`, total === 0 ? undefined : done / total),
  });
  out.progress.update("clickhouse: comparing");
  const found = await readContents(clickhouse, { hash: tables.some(({ hash }) => hash !== undefined), signal });
  const compared = tables.map((want) => compare(want, found));
  out.rows("tables", columns, compared);
  await setExpiry(clickhouse, true, signal);
  const different = compared.filter(({ same }) => !same).map(({ table }) => table);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  if (different.length === 0) {
    out.progress.done(`clickhouse: ${rows} rows of ${tables.length} tables, as in the backup`);
  }
  return different;
}

interface Compared {
  readonly table: string;
  readonly rows: number;
  readonly restored: number;
  /** By the hash where there is one, otherwise by the count. */
  readonly same: boolean;
}

function compare(want: TableContent, found: readonly TableContent[]): Compared {
  const got = found.find(({ name }) => name === want.name);
  const same = got?.rows === want.rows && (want.hash === undefined || got.hash === want.hash);
  return { table: want.name, rows: want.rows, restored: got?.rows ?? 0, same };
}

const columns: readonly Column<Compared>[] = [
  { title: "TABLE", text: ({ table }) => table },
  { title: "ROWS", text: ({ rows }) => String(rows), right: true },
  { title: "RESTORED", text: ({ restored }) => String(restored), right: true },
  { title: "", text: ({ same }) => (same ? "same" : "DIFFERENT") },
];
