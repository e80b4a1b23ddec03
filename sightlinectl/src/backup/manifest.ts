import { access, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalid } from "@sightline/errors/app-error";
import { z } from "zod";

const count = z.int().min(0);
/** Names make up paths and statements. */
const tableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/);

/** What a backup is of. It is written last: a directory without it holds no whole backup. */
const manifestForm = z.strictObject({
  format: z.literal(1),
  /** Also the name of its directory. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  /** RFC 3339. */
  created: z.iso.datetime(),
  /** Of the program that made it. */
  version: z.string().max(100),
  postgres: z.strictObject({
    /** That the schema is of. */
    migrations: z.array(z.string()),
    /** In the order in which they are filled; each in `postgres/<name>.copy.zst`. */
    tables: z.array(z.strictObject({ name: tableName, rows: count, bytes: count, sha256: z.string() })),
    sequences: z.array(z.strictObject({ name: z.string(), value: z.string().nullable() })),
  }),
  clickhouse: z.strictObject({
    database: z.string(),
    /** That the schema is of. */
    migrations: z.array(z.string()),
    /** Whether its part lies in this directory; otherwise where `--clickhouse-to` said, which may hold keys. */
    inside: z.boolean(),
    /** When it was taken: what a table holds, with a hash over all rows where that was asked for. */
    tables: z.array(z.strictObject({ name: z.string(), rows: count, hash: z.string().optional() })),
  }),
  /** Up to where the bus had been written into the database. */
  lanes: z.array(
    z.strictObject({ name: z.string(), incarnation: z.string(), storedSequence: z.string().regex(/^\d{1,19}$/) }),
  ),
});
export type Manifest = z.infer<typeof manifestForm>;

export const MANIFEST_FILE = "manifest.json";

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const path = join(dir, MANIFEST_FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true, mode: 0o600 });
  await rename(`${path}.part`, path);
}

/** Whether a directory holds a finished backup, readable or not. */
export function hasManifest(dir: string): Promise<boolean> {
  return exists(join(dir, MANIFEST_FILE));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Throws `invalid_argument` when the directory holds no whole backup, or one of a newer program. */
export async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(join(dir, MANIFEST_FILE), "utf8").catch(() => undefined);
  if (text === undefined) {
    const lacks = (await exists(dir))
      ? `there is no ${MANIFEST_FILE} in it, so it is no finished backup`
      : "it is not there";
    throw invalid(`cannot use ${dir}: ${lacks}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`cannot read ${dir}/${MANIFEST_FILE}: it is damaged`, cause);
  }
  const parsed = manifestForm.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`cannot read ${dir}/${MANIFEST_FILE}: ${z.prettifyError(parsed.error)}`);
}
