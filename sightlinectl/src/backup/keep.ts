import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Manifest, readManifest } from "./manifest.ts";

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
 */
export async function keepNewest(dir: string, keep: number): Promise<KeptBackup[]> {
  const all = await listBackups(dir);
  const old = all.slice(0, Math.max(0, all.length - keep));
  for (const { directory } of old) await rm(directory, { recursive: true });
  return old;
}
