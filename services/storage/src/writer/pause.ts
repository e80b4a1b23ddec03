import type { KvBucket } from "@sightline/bus/kv";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import { z } from "zod";

/** Where in the lanes' bucket it stands that writing is to rest. */
export const PAUSE_KEY = "pause";

const pauseRequest = z.object({
  /** Who asked for it. */
  id: z.string().min(1),
  /** Batches that are half written are not finished first: what they are written to is going to be replaced. */
  atOnce: z.boolean().default(false),
});
export type PauseRequest = z.infer<typeof pauseRequest>;

export function encodePause(request: PauseRequest): Uint8Array {
  return Buffer.from(JSON.stringify(request));
}

export function decodePause(value: Uint8Array): PauseRequest {
  return pauseRequest.parse(JSON.parse(Buffer.from(value).toString()));
}

/** A pause that nobody renews for so long is over: whoever asked for it is gone. */
export const PAUSE_STALE_MS = 15_000;
const POLL_MS = 1000;

/** Whether writing is to rest, as all storage processes are told through the lanes' bucket. */
export interface PauseWatch {
  /** The pause that is asked for now, if any. */
  active(): string | undefined;
  /** Whether it does not wait for batches that are half written. */
  atOnce(): boolean;
  /** Whether the pause that has stood in the record since that revision is over: nobody renewed it. */
  isOver(revision: number): boolean;
  /** Told when `active` changes; returns what ends that. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** What a lane knows of a pause. */
export type LanePause = Pick<PauseWatch, "active" | "atOnce" | "onChange">;

export interface PauseWatchOptions {
  readonly bucket: Pick<KvBucket, "get">;
  readonly log: Logger;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly pollMs?: number;
}

/**
 * Watches for a pause; looked once when it resolves. A pause counts while its record goes on changing: the clocks of two
 * machines are never compared. While the bus is away the last known state holds, as nothing can be written then anyway.
 */
export async function watchPause({ bucket, log, now, pollMs = POLL_MS }: PauseWatchOptions): Promise<PauseWatch> {
  const listeners = new Set<() => void>();
  let seen: { readonly revision: number; readonly at: number } | undefined;
  let active: PauseRequest | undefined;

  const isOver = (revision: number): boolean => seen?.revision === revision && now() - seen.at >= PAUSE_STALE_MS;

  const look = async (): Promise<void> => {
    const found = await bucket.get(PAUSE_KEY);
    if (found?.revision !== seen?.revision) seen = found && { revision: found.revision, at: now() };
    const next = found !== undefined && !isOver(found.revision) ? decodePause(found.value) : undefined;
    const isSame = next?.id === active?.id;
    active = next;
    if (isSame) return;
    for (const listener of listeners) listener();
  };

  await look();
  const close = every(pollMs, look, { name: "watch for a pause", log, immediately: false });
  return {
    active: () => active?.id,
    atOnce: () => active?.atOnce === true,
    isOver,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}

/** Resolves when no pause is asked for. Rejects when the signal aborts. */
export function pauseOver(watch: Pick<PauseWatch, "active" | "onChange">, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (watch.active() === undefined) return resolve();
    const end = (settle: () => void) => {
      forget();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const forget = watch.onChange(() => {
      if (watch.active() === undefined) end(resolve);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
