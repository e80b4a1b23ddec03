import type { TimeRange } from "@sightline/model/time";

const LEAST_NANOS = 300_000_000_000n;
const FIRST_SHARE = 32n;
const GROWTH = 8n;

/**
 * Cuts a range into windows to be read one after the other until there are enough records: small ones first, as most
 * pages are full after the first. What is read in order is read from every part of the table at once; a window leaves
 * out the parts of other times.
 *
 * @param oldestFirst begins at the start of the range rather than at its end
 */
export function* windowsOf({ startUnixNano, endUnixNano }: TimeRange, oldestFirst: boolean): Generator<TimeRange> {
  const span = endUnixNano - startUnixNano;
  let width = span / FIRST_SHARE > LEAST_NANOS ? span / FIRST_SHARE : LEAST_NANOS;
  for (let done = 0n; done < span; width *= GROWTH) {
    let next = done + width;
    if (next > span) next = span;
    yield oldestFirst
      ? { startUnixNano: startUnixNano + done, endUnixNano: startUnixNano + next }
      : { startUnixNano: endUnixNano - next, endUnixNano: endUnixNano - done };
    done = next;
  }
}
