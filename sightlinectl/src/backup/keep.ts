import { rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sightline/errors/app-error";
import type { FoundBackup } from "./find-backups.ts";
import { MANIFEST_FILE } from "./manifest.ts";

/**
 * Which finished backups are too many: the oldest but so many.
 *
 * @param found oldest first
 * @param newest is kept whatever the clock said when the others were made
 */
export function beyond(found: readonly FoundBackup[], keep: number, newest?: string): FoundBackup[] {
  const finished = found.filter(({ state }) => state === "finished");
  const others = finished.filter(({ manifest }) => manifest?.name !== newest);
  const kept = keep - (finished.length - others.length);
  return others.slice(0, Math.max(0, others.length - kept));
}

/** Removes a backup. Parts that ClickHouse wrote elsewhere stay there. */
export async function removeBackup({ directory, manifest }: FoundBackup): Promise<void> {
  try {
    // First what makes it whole: half of one must not be taken for it.
    if (manifest !== null) await unlink(join(directory, MANIFEST_FILE));
    await rm(directory, { recursive: true });
  } catch (cause) {
    throw new AppError("failed_precondition", `cannot remove ${directory}: ${AppError.from(cause).message}`, { cause });
  }
}

/** What to tell of a backup that was removed. */
export function removedNote({ directory, manifest }: FoundBackup): string {
  const rest = manifest?.clickhouse.inside === false ? "; ClickHouse's part of it lies elsewhere and stays" : "";
  return `removed ${directory}${rest}`;
}
