import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { backupDatabase } from "@sightline/clickhouse/backup";
import { readContents, type TableContent } from "@sightline/clickhouse/contents";
import { appliedMigrations } from "@sightline/clickhouse/migrate";
import { AppError } from "@sightline/errors/app-error";
import { openSnapshot } from "@sightline/postgres/copy";
import type { Context } from "../context.ts";
import { formatBytes } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { restStorage } from "./rest.ts";
import { openServers, type Servers } from "./servers.ts";
import { writeTableFile } from "./table-file.ts";
import { markUnfinished, unmarkUnfinished } from "./unfinished.ts";

export interface BackupOptions {
  /** The directory that holds backups; default: that of the settings. */
  readonly to?: string | undefined;
  /** Of this backup; default: after the moment. */
  readonly name?: string | undefined;
  /**
   * Where ClickHouse writes its part, as its BACKUP has it; `{name}` is put in. Default: that of the settings, else the
   * backup's directory.
   */
  readonly clickhouseTo?: string | undefined;
  /** Also hash all rows, so that a restore can be compared to the last bit. */
  readonly hash?: boolean | undefined;
}

/**
 * `sightlinectl backup`: Postgres by COPY from one snapshot, ClickHouse by its own BACKUP, and where on the bus storage
 * was. Storage rests until it is settled which rows are copied, and how many they are.
 *
 * @returns the backup's name
 */
export async function backup(context: Context, options: BackupOptions): Promise<string> {
  const { out, version } = context;
  const settings = context.settings();
  const created = new Date(context.now()).toISOString();
  const name = options.name ?? `sightline-${created.slice(0, 19).replaceAll(":", "-")}Z`;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new UsageError(
      `cannot name the backup ${JSON.stringify(name)}: want letters, digits, dots, hyphens, at most 100`,
    );
  }
  const dir = resolve(options.to ?? settings.backup.dir, name);
  await using servers = await openServers(settings, out.note);
  await makeDirectory(dir);
  try {
    await using _writing = await markUnfinished(dir, created, context.now);
    const postgres = await backupPostgres(servers, dir, context);
    const elsewhere = options.clickhouseTo ?? settings.backup.clickhouseTo?.reveal();
    const place = elsewhere?.replaceAll("{name}", name);
    const { lanes, ...contents } = await backupClickHouse(
      servers,
      { place: place ?? placeIn(dir), hash: options.hash === true },
      context,
    );
    const { database } = servers.clickhouse;
    const clickhouse = { database, inside: place === undefined, ...contents };
    const manifest: Manifest = { format: 1, name, created, version, postgres, clickhouse, lanes };
    await writeManifest(dir, manifest);
    await unmarkUnfinished(dir);
    out.value({ directory: dir, ...manifest }, [dir]);
    return name;
  } catch (thrown) {
    // Half a backup is none: it would only be taken for one.
    await rm(dir, { recursive: true, force: true });
    throw thrown;
  }
}

/** Where ClickHouse's part lies when it is with the rest. */
export function placeIn(dir: string): string {
  return `File('${join(dir, "clickhouse").replaceAll("\\", "\\\\").replaceAll("'", "\\'")}')`;
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(join(dir, ".."), { recursive: true });
    await mkdir(dir, { mode: 0o700 });
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const reason = isThere ? "it is there already" : AppError.from(cause).message;
    const code = isThere ? "already_exists" : "failed_precondition";
    throw new AppError(code, `cannot make the directory ${dir}: ${reason}`, { cause });
  }
}

async function backupPostgres({ postgres }: Servers, dir: string, { out, signal }: Context) {
  await mkdir(join(dir, "postgres"), { mode: 0o700 });
  const snapshot = await openSnapshot(postgres);
  try {
    const tables: Manifest["postgres"]["tables"] = [];
    for (const [at, name] of snapshot.tables.entries()) {
      out.progress.update(`postgres: ${name}`, at / snapshot.tables.length);
      const path = join(dir, "postgres", `${name}.copy.zst`);
      tables.push({ name, ...(await writeTableFile(snapshot.copyOut(name), path, signal)) });
    }
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    out.progress.done(`postgres: ${rows} rows of ${tables.length} tables`);
    return { migrations: [...snapshot.migrations], tables, sequences: [...snapshot.sequences] };
  } finally {
    await snapshot.end();
  }
}

interface ClickHousePart {
  readonly place: string;
  readonly hash: boolean;
}

async function backupClickHouse({ clickhouse, storage }: Servers, { place, hash }: ClickHousePart, context: Context) {
  const { out } = context;
  out.progress.update("waiting for storage to rest");
  await using rest = await restStorage(storage, { atOnce: false, signal: context.signal });
  const restsSince = performance.now();
  const signal = AbortSignal.any([context.signal, rest.lost]);
  let migrations: string[] = [];
  let tables: TableContent[] = [];
  let bytes = 0;
  let restedMs = 0;
  const onProgress = (done: number, total: number): void => {
    bytes = total;
    out.progress.update(`clickhouse: ${formatBytes(total)}`, total === 0 ? undefined : done / total);
  };
  const onFixed = async (): Promise<void> => {
    out.progress.update("clickhouse: counting rows");
    tables = await rest.during(() => readContents(clickhouse, { hash, signal }));
    migrations = await appliedMigrations(clickhouse, signal);
    await rest.end();
    restedMs = performance.now() - restsSince;
  };
  await backupDatabase(clickhouse, place, { signal, onProgress, onFixed });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  out.progress.done(
    `clickhouse: ${rows} rows of ${tables.length} tables, ${formatBytes(bytes)}; ` +
      `writing rested for ${(restedMs / 1000).toFixed(1)} s`,
  );
  const lanes = rest.lanes.map(({ name, incarnation, storedSequence }) => ({
    name,
    incarnation,
    storedSequence: String(storedSequence),
  }));
  return { migrations, tables, lanes };
}
