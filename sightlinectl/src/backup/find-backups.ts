import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sightline/errors/app-error";
import { hasManifest, type Manifest, readManifest } from "./manifest.ts";
import { readUnfinished } from "./unfinished.ts";

/** A backup in the directory of backups, or what there is of one. */
export interface FoundBackup {
  readonly directory: string;
  /** `unfinished`: its writing broke off. `unreadable`: it is finished, but not of a form that this program knows. */
  readonly state: "finished" | "being written" | "unfinished" | "unreadable";
  /** When it was begun, RFC 3339; null when nobody can tell. */
  readonly created: string | null;
  /** Of a finished one. */
  readonly manifest: Manifest | null;
  /** Why it cannot be read. */
  readonly error?: string;
}

/** The backups in a directory, oldest first; what is none is passed over. A directory that is not there has none. */
export async function findBackups(dir: string, nowMs: number): Promise<FoundBackup[]> {
  const found: FoundBackup[] = [];
  for (const entry of await entriesOf(dir)) {
    if (!entry.isDirectory()) continue;
    const backup = await look(join(dir, entry.name), nowMs);
    if (backup !== undefined) found.push(backup);
  }
  return found.sort((a, b) => (a.created ?? "").localeCompare(b.created ?? ""));
}

async function entriesOf(dir: string) {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new AppError("failed_precondition", `cannot list the backups in ${dir}: ${AppError.from(cause).message}`, {
      cause,
    });
  }
}

async function look(directory: string, nowMs: number): Promise<FoundBackup | undefined> {
  if (await hasManifest(directory)) {
    try {
      const manifest = await readManifest(directory);
      return { directory, state: "finished", created: manifest.created, manifest };
    } catch (thrown) {
      const error = AppError.from(thrown).message;
      return { directory, state: "unreadable", created: null, manifest: null, error };
    }
  }
  const unfinished = await readUnfinished(directory, nowMs);
  if (unfinished === undefined) return undefined;
  const { started: created, isBeingWritten } = unfinished;
  return { directory, state: isBeingWritten ? "being written" : "unfinished", created, manifest: null };
}
