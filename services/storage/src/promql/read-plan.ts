import type { SelectHints } from "@sightline/query/promql/source";
import type { RollupProgress } from "../rollup/progress.ts";
import { FIVE_MINUTES, HOUR } from "../rollup/spans.ts";

/** Some time of a selection, and where it is read. Milliseconds since 1970, open at its start. */
export interface PlannedRead {
  readonly afterMs: number;
  readonly untilMs: number;
  /** The width of the buckets that stand for the samples, seconds; null for the samples themselves. */
  readonly width: number | null;
}

export interface ReadPlan {
  /** Side by side, in the order of time. */
  readonly reads: readonly PlannedRead[];
  /** Whether buckets say what the samples would. */
  readonly isExact: boolean;
}

export interface PlanQuestion {
  readonly startMs: number;
  readonly endMs: number;
  readonly hints: SelectHints;
  /** Whether what is asked for can be told from buckets. */
  readonly isFoldable: boolean;
  readonly progress: RollupProgress;
  /** Samples from here on are all there, milliseconds since 1970. */
  readonly samplesFromMs: number;
  readonly rollupsFromMs: number;
}

/** Shorter selections are read from their samples, where there are any: that is quick, and nothing has to be said of it. */
export const LONG_MS = 12 * 3_600_000;
/** Where samples are gone, ranges of this length and longer are answered from hours, though they begin beside them. */
const LONG_RANGE_MS = 24 * 3_600_000;

/**
 * Where the samples of a selection are read. From buckets, the widest that say the same as the samples: where all ranges begin and end
 * with buckets, each lies in a range as a whole or not at all; at one single time that holds for all but those at the ends of
 * the range. What is not rolled up yet is read from samples: a bucket and its samples are never both in an answer.
 *
 * Samples that are no longer kept are read from buckets in any case, with ranges that begin and end up to a bucket's width beside where
 * they should.
 */
export function planReads(question: PlanQuestion): ReadPlan {
  const { startMs, endMs, hints, isFoldable, samplesFromMs } = question;
  const afterMs = startMs - 1;
  const samples: ReadPlan = { reads: [{ afterMs, untilMs: endMs, width: null }], isExact: true };
  const fitting = isFoldable ? [HOUR, FIVE_MINUTES].find((width) => fits(question, width)) : undefined;
  if (fitting !== undefined && endMs - afterMs >= LONG_MS) {
    return { reads: cut(question, { width: fitting, until: rolledUntil(question, fitting) }), isExact: true };
  }
  if (afterMs >= samplesFromMs) return samples;
  const width = fitting ?? (hints.rangeMs >= LONG_RANGE_MS ? HOUR : FIVE_MINUTES);
  const until = Math.min(rolledUntil(question, width), Math.ceil(samplesFromMs / 1000 / width) * width);
  return {
    reads: cut(question, { width, until, isOverlapping: fitting === undefined }),
    isExact: fitting !== undefined,
  };
}

function rolledUntil({ progress }: PlanQuestion, width: number): number {
  return (width === HOUR ? progress.hours : progress.fiveMinutes) ?? 0;
}

function fits({ endMs, hints }: PlanQuestion, width: number): boolean {
  const { stepMs, rangeMs, windowMs } = hints;
  if (windowMs === null) return false;
  const isMultiple = (ms: number) => ms % (width * 1000) === 0;
  return stepMs === 0 || (isMultiple(stepMs) && isMultiple(endMs) && isMultiple(rangeMs));
}

interface Cut {
  readonly width: number;
  /** Buckets from here on are not there, seconds since 1970. */
  readonly until: number;
  /** Whether to take in buckets that lie in the selection in part only. */
  readonly isOverlapping?: boolean;
}

/** Buckets as far as they go, samples before and behind them. */
function cut(
  { startMs, endMs, rollupsFromMs }: PlanQuestion,
  { width, until, isOverlapping = false }: Cut,
): PlannedRead[] {
  const widthMs = width * 1000;
  const up = (ms: number) => Math.ceil(ms / widthMs) * widthMs;
  const down = (ms: number) => Math.floor(ms / widthMs) * widthMs;
  const afterMs = startMs - 1;
  const from = Math.max(isOverlapping ? down(afterMs) : up(afterMs), up(rollupsFromMs));
  const to = Math.min(isOverlapping ? up(endMs) : down(endMs), until * 1000);
  if (from >= to) return [{ afterMs, untilMs: endMs, width: null }];
  const reads: PlannedRead[] = [];
  if (from > afterMs) reads.push({ afterMs, untilMs: from, width: null });
  reads.push({ afterMs: from, untilMs: to, width });
  if (to < endMs) reads.push({ afterMs: to, untilMs: endMs, width: null });
  return reads;
}
