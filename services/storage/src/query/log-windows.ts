import type { TimeRange } from "@sightline/model/time";

const LEAST_NANOS = 300_000_000_000n;
const FIRST_SHARE = 32n;
const GROWTH = 8n;

/** How far a search is: how many records it has found, and how many it wants. */
export interface SearchProgress {
  readonly found: number;
  readonly wanted: number;
}

export interface WindowOptions {
  /** Begins at the start of the range rather than at its end. */
  readonly oldestFirst: boolean;
  /** Asked after each window. */
  progress(): SearchProgress;
}

/**
 * Cuts a range into windows to be read one after the other until there are enough records: small ones first, as most
 * pages are full after the first; then as long as will most likely do, since the database has read far beyond the last
 * record that is wanted before it is told to stop. What is read in order is read from every part of the table at once; a
 * window leaves out the parts of other times.
 */
export function* windowsOf(
  { startUnixNano, endUnixNano }: TimeRange,
  { oldestFirst, progress }: WindowOptions,
): Generator<TimeRange> {
  const span = endUnixNano - startUnixNano;
  let width = span / FIRST_SHARE > LEAST_NANOS ? span / FIRST_SHARE : LEAST_NANOS;
  for (let done = 0n; done < span; width = nextWidth(width, done, progress())) {
    let next = done + width;
    if (next > span) next = span;
    yield oldestFirst
      ? { startUnixNano: startUnixNano + done, endUnixNano: startUnixNano + next }
      : { startUnixNano: endUnixNano - next, endUnixNano: endUnixNano - done };
    done = next;
  }
}

/** So much more than the records so far let expect: one window too many costs less than a window that is twice too long. */
const MARGIN = 1.5;

/** Records that are not wanted after all, or none at all, tell nothing of those to come: then windows just grow. */
function nextWidth(width: bigint, done: bigint, { found, wanted }: SearchProgress): bigint {
  const grown = width * GROWTH;
  if (found === 0 || found >= wanted) return grown;
  const expected = BigInt(Math.ceil((Number(done) / found) * (wanted - found) * MARGIN));
  if (expected > grown) return grown;
  return expected > LEAST_NANOS ? expected : LEAST_NANOS;
}
