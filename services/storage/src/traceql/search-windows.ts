import type { SearchedTime } from "./read-traces.ts";

const FIVE_MINUTES_NANOS = 300_000_000_000n;
/** The first piece is such a part of the whole … */
const FIRST_PART = 16n;
/** … and each one after it so many times as long: what is found in a piece is read by statements of its own. */
const GROWTH = 4n;

/**
 * Divides a time into pieces, the newest first, that become longer: who wants the newest of what there is much of reads little, and
 * who finds nothing asks only a few times. They begin where the steps of the table's sort key do.
 */
export function* windowsOf({ startUnixNano, endUnixNano }: SearchedTime): Generator<SearchedTime> {
  let length = (endUnixNano - startUnixNano) / FIRST_PART;
  if (length < FIVE_MINUTES_NANOS) length = FIVE_MINUTES_NANOS;
  let end = endUnixNano;
  while (end > startUnixNano) {
    const begun = end - length;
    const aligned = begun - (begun % FIVE_MINUTES_NANOS);
    const start = aligned > startUnixNano ? aligned : startUnixNano;
    yield { startUnixNano: start, endUnixNano: end };
    end = start;
    length *= GROWTH;
  }
}
