import { readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { every } from "@sightline/service/loop";
import { z } from "zod";

/** Lies in a backup's directory as long as that is being written, and for good when that broke off. */
const UNFINISHED_FILE = "unfinished.json";

const form = z.object({ started: z.iso.datetime() });

/** How often whoever writes a backup shows that it goes on. */
const SIGN_INTERVAL_MS = 10_000;
/** After so long without a sign nobody writes it any more. */
const SILENT_MS = 120_000;

/**
 * Marks a directory as a backup that is being written, and shows until disposed of that it goes on.
 *
 * @param now milliseconds since the Unix epoch
 */
export async function markUnfinished(dir: string, started: string, now: () => number): Promise<AsyncDisposable> {
  const path = join(dir, UNFINISHED_FILE);
  await writeFile(path, `${JSON.stringify({ started })}\n`, { mode: 0o600 });
  const sign = async (): Promise<void> => {
    const seconds = now() / 1000;
    await utimes(path, seconds, seconds);
  };
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const stop = every(SIGN_INTERVAL_MS, sign, { name: "sign of life", log, immediately: false });
  return { [Symbol.asyncDispose]: stop };
}

/** Takes the mark away: the backup is whole. */
export function unmarkUnfinished(dir: string): Promise<void> {
  return unlink(join(dir, UNFINISHED_FILE));
}

export interface Unfinished {
  /** RFC 3339. */
  readonly started: string;
  /** Whether somebody is likely to be writing it still. */
  readonly isBeingWritten: boolean;
}

/** What the mark in a directory says; undefined when there is none. */
export async function readUnfinished(dir: string, nowMs: number): Promise<Unfinished | undefined> {
  const path = join(dir, UNFINISHED_FILE);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { mtimeMs, mtime } = await stat(path);
  const isBeingWritten = nowMs - mtimeMs < SILENT_MS;
  return { started: startedOf(text) ?? mtime.toISOString(), isBeingWritten };
}

function startedOf(text: string): string | undefined {
  try {
    return form.parse(JSON.parse(text)).started;
  } catch {
    // It was being written when the machine went down.
    return undefined;
  }
}

function nothing(): void {
  // A sign that could not be given is followed by the next.
}
