import { invalid } from "@sightline/errors/app-error";
import type { TimeRange } from "@sightline/model/time";

/** Widths that people can read a time line by, seconds. */
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const DAY = 86_400;
const NANOS = 1_000_000_000n;

const WANTED_BUCKETS = 60;
const MAX_BUCKETS = 5000;

/** The readable width that cuts a span of time into at most about that many pieces, seconds. */
export function readableWidth(spanSeconds: number, pieces: number): number {
  const least = spanSeconds / pieces;
  return WIDTHS.find((width) => width >= least) ?? Math.ceil(least / DAY) * DAY;
}

/** The width of a time line's buckets: the one asked for, or for 0 one that gives about 60 buckets. */
export function bucketSecondsFor(range: TimeRange, asked = 0): number {
  const spanSeconds = Number(range.endUnixNano - range.startUnixNano) / 1e9;
  if (asked === 0) return readableWidth(spanSeconds, WANTED_BUCKETS);
  if (spanSeconds / asked <= MAX_BUCKETS) return asked;
  const least = Math.ceil(spanSeconds / MAX_BUCKETS);
  throw invalid(`cannot use bucket_seconds: got ${asked}, want at least ${least} for this range`);
}

/** The buckets that a range touches, by number: bucket n begins n widths after the Unix epoch. */
export function bucketNumbers(range: TimeRange, bucketSeconds: number): bigint[] {
  const width = BigInt(bucketSeconds) * NANOS;
  const first = range.startUnixNano / width;
  const last = (range.endUnixNano - 1n) / width;
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index));
}
