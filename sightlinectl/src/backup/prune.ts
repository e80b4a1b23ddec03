import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { Column } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { type FoundBackup, findBackups } from "./find-backups.ts";
import { beyond, removeBackup, removedNote } from "./keep.ts";

export interface PruneOptions {
  readonly to?: string | undefined;
  /** So many finished ones stay. */
  readonly keep?: number | undefined;
  /** Remove those whose writing broke off. */
  readonly unfinished?: boolean | undefined;
  /** Only say what would go. */
  readonly dryRun?: boolean | undefined;
}

const columns: readonly Column<FoundBackup>[] = [
  { title: "CREATED", text: ({ created }) => created?.slice(0, 19) ?? "-" },
  { title: "STATE", text: ({ state }) => state },
  { title: "DIRECTORY", text: ({ directory }) => directory },
];

/** `sightlinectl backups prune`: what is being written, or is no backup of ours, stays in any case. */
export async function prune(context: Context, options: PruneOptions): Promise<void> {
  const { settings, out, signal, now } = context;
  const { keep, unfinished = false, dryRun = false } = options;
  if (keep === undefined && !unfinished)
    throw new UsageError("cannot remove backups: want --keep <count> or --unfinished");
  const found = await findBackups(resolve(options.to ?? settings().backup.dir), now());
  const broken = unfinished ? found.filter(({ state }) => state === "unfinished") : [];
  const old = keep === undefined ? [] : beyond(found, keep);
  const going = [...broken, ...old];
  for (const backup of dryRun ? [] : going) {
    signal.throwIfAborted();
    await removeBackup(backup);
    out.note(removedNote(backup));
  }
  if (dryRun || out.json) out.rows(dryRun ? "wouldRemove" : "removed", columns, going);
  if (going.length === 0) out.note("nothing to remove");
}
