import type { TraceQlLimits } from "../limits.ts";

/** Limits that no test meets which does not mean to. */
export const manyTraces: TraceQlLimits = {
  maxCandidates: 5000,
  maxSpansAtOnce: 50_000,
  maxSeries: 1000,
  maxCells: 5_000_000,
};
