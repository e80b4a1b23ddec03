import { invalid } from "@sightline/errors/app-error";
import { NANOS_PER_MS } from "@sightline/model/time";

/** The time that metrics are asked for; nanoseconds since the Unix epoch. */
export interface MetricsRange {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly stepNanos: bigint;
  /** One value for the whole range, whatever the step. */
  readonly isInstant: boolean;
}

/** The points of time series: interval i is (start + i step, start + (i + 1) step], and its point lies at its end. */
export interface Intervals {
  readonly count: number;
  /** The range, aligned: nanoseconds since the Unix epoch. Of an instant query the start belongs to it too. */
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly stepNanos: bigint;
  readonly isInstant: boolean;
  /** What rate() divides by. */
  readonly stepSeconds: number;
  /** The interval of a span that starts then; -1 outside of the range. */
  indexOf(startUnixNano: bigint): number;
  /** The time of the interval's point, milliseconds since the Unix epoch. */
  timestampMs(interval: number): number;
  /** The interval whose point has that time or comes next after it. */
  indexOfMs(timestampMs: number): number;
}

const NANOS_PER_SECOND = 1_000_000_000n;

/**
 * Divides a range into intervals as Tempo does: its start is rounded down and its end up to the step, since the same range a second
 * later should give the same points. Throws invalid_argument for a range without time and for more than `maxIntervals`.
 */
export function intervalsOf(range: MetricsRange, maxIntervals: number): Intervals {
  const { isInstant, startUnixNano, endUnixNano } = range;
  if (endUnixNano <= startUnixNano) {
    throw invalid(`cannot compute metrics: got the end ${endUnixNano}, want one after the start ${startUnixNano}`);
  }
  const step = isInstant ? endUnixNano - startUnixNano : range.stepNanos;
  if (step <= 0n) throw invalid(`cannot compute metrics: got the step ${step}, want more than 0`);
  const start = isInstant ? startUnixNano : startUnixNano - (startUnixNano % step);
  const end = isInstant ? endUnixNano : endUnixNano + ((step - (endUnixNano % step)) % step);
  const count = Number((end - start) / step);
  if (count > maxIntervals) {
    throw invalid(`cannot compute metrics: got ${count} points for each series, want at most ${maxIntervals}`);
  }
  const indexOf = (time: bigint) => {
    // Of an instant query both ends belong to it.
    if (time > end || time < start || (time === start && !isInstant)) return -1;
    return time === start ? 0 : Number((time - start - 1n) / step);
  };
  return {
    count,
    startUnixNano: start,
    endUnixNano: end,
    stepNanos: step,
    isInstant,
    stepSeconds: Number(step) / Number(NANOS_PER_SECOND),
    indexOf,
    timestampMs: (interval) => Number((start + BigInt(interval + 1) * step) / NANOS_PER_MS),
    indexOfMs: (timestampMs) => indexOf(BigInt(Math.trunc(timestampMs)) * NANOS_PER_MS),
  };
}

/** The range that Tempo's query_range computes: aligned to the step, with one more interval before it. */
export function alignRange(range: MetricsRange): MetricsRange {
  const { isInstant, startUnixNano, endUnixNano, stepNanos } = range;
  if (isInstant || stepNanos <= 0n) return range;
  const start = startUnixNano - (startUnixNano % stepNanos);
  const end = endUnixNano + ((stepNanos - (endUnixNano % stepNanos)) % stepNanos);
  return { ...range, startUnixNano: start > stepNanos ? start - stepNanos : start, endUnixNano: end };
}

/** Whole multiples of these are steps, the largest that gives enough points. */
const granularities = [3600n, 300n, 60n, 15n, 5n, 1n].map((seconds) => seconds * NANOS_PER_SECOND);
const WANTED_POINTS = 240n;
const FINEST = 50n * NANOS_PER_MS;

/** The step when none is given: some 240 points, in whole seconds, minutes or hours, below a minute in 50 ms. */
export function defaultStepNanos(startUnixNano: bigint, endUnixNano: bigint): bigint {
  const range = endUnixNano > startUnixNano ? endUnixNano - startUnixNano : 0n;
  const step = range / WANTED_POINTS;
  if (range < 60n * NANOS_PER_SECOND) return step > FINEST ? step - (step % FINEST) : FINEST;
  const granularity = granularities.find((candidate) => step > candidate) ?? NANOS_PER_SECOND;
  return step > granularity ? step - (step % granularity) : granularity;
}
