import { SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import type { RollupProgress } from "../rollup/progress.ts";
import { DAY, FIVE_MINUTES, HOUR } from "../rollup/spans.ts";
import type { Grid } from "./metric-grid.ts";

/** What is read in place of samples. */
export interface Rollup {
  readonly table: string;
  /** Of a bucket, seconds. */
  readonly width: number;
  /** Windows must be multiples of the width. */
  readonly windowSeconds: number;
  /** Buckets from here on, seconds since the Unix epoch, are not there yet: they are rolled up from samples. */
  readonly rolledUntil: number;
}

export interface RollupQuestion {
  readonly grid: Grid;
  readonly function: SeriesFunction;
  /** How far back a point looks, seconds. */
  readonly windowSeconds: number;
  /** How long every sample is kept, days. */
  readonly sampleDays: number;
  readonly progress: RollupProgress;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/**
 * Which rollup stands for the samples, the coarsest that gives the same answer: where points and windows begin and end
 * with buckets, a bucket lies in a window as a whole or not at all, and both are open at their start. (What a counter grew
 * by is added up rather than guessed from a part of the window.) All functions
 * can be told from buckets: last, minimum, maximum, average, and the increase of counters, resets included. Undefined:
 * read samples.
 *
 * Of a time whose samples are gone the rollup answers in any case, then with windows of a bucket at least.
 */
export function rollupFor(question: RollupQuestion): Rollup | undefined {
  const { grid, windowSeconds, sampleDays, nowMs } = question;
  const rollups = rollupsOf(question.progress);
  const fitting = rollups.find((rollup) => fits(question, rollup.width));
  if (fitting !== undefined) return { ...fitting, windowSeconds };
  const reachesBack = grid.startMs - windowSeconds * 1000 < nowMs - sampleDays * DAY * 1000;
  const finest = rollups.at(-1);
  if (!reachesBack || finest === undefined) return undefined;
  // Points lie beside the ends of buckets: the last sample may be a bucket older than it would be.
  const least = question.function === SeriesFunction.UNSPECIFIED ? 2 * finest.width : finest.width;
  return { ...finest, windowSeconds: Math.ceil(Math.max(windowSeconds, least) / finest.width) * finest.width };
}

/** The coarsest first. */
function rollupsOf({ fiveMinutes, hours }: RollupProgress): Omit<Rollup, "windowSeconds">[] {
  return [
    ...(hours === undefined ? [] : [{ table: "metrics_rollup_1h", width: HOUR, rolledUntil: hours }]),
    ...(fiveMinutes === undefined
      ? []
      : [{ table: "metrics_rollup_5m", width: FIVE_MINUTES, rolledUntil: fiveMinutes }]),
  ];
}

function fits({ grid, function: seriesFunction, windowSeconds }: RollupQuestion, width: number): boolean {
  // The last sample is as old as it is, whichever bucket it is in.
  const window = seriesFunction === SeriesFunction.UNSPECIFIED ? width : windowSeconds;
  return grid.stepSeconds % width === 0 && grid.startMs % (width * 1000) === 0 && window % width === 0;
}
