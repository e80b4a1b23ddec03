import { readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE, type Manifest, readManifest } from "./manifest.ts";

/** A finished backup in the directory of backups. */
export interface KeptBackup {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** The finished backups in a directory, oldest first. */
export async function listBackups(dir: string): Promise<KeptBackup[]> {
  const names = await readdir(dir).catch(() => []);
  const found: KeptBackup[] = [];
  for (const name of names) {
    const directory = join(dir, name);
    const manifest = await readManifest(directory).catch(() => undefined);
    if (manifest !== undefined) found.push({ directory, manifest });
  }
  return found.sort((a, b) => a.manifest.created.localeCompare(b.manifest.created));
}

/**
 * Removes the oldest finished backups of a directory but so many. What is not a finished backup of ours is never
 * touched; parts that ClickHouse wrote elsewhere stay there.
 *
 * @param newest is kept whatever the clock said when the others were made
 */
export async function keepNewest(dir: string, keep: number, newest: string): Promise<KeptBackup[]> {
  const others = (await listBackups(dir)).filter(({ manifest }) => manifest.name !== newest);
  const old = others.slice(0, Math.max(0, others.length + 1 - keep));
  for (const { directory } of old) {
    // First what makes it whole: half of one must not be taken for it.
    await unlink(join(directory, MANIFEST_FILE));
    await rm(directory, { recursive: true });
  }
  return old;
}
