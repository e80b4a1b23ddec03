import { AppError } from "@sightline/errors/app-error";

/** Bounds of what one metrics query may hold. */
export interface MetricsLimits {
  /** Points of one series. */
  readonly maxIntervals: number;
  /** Series of one function; what would begin another is left out, and the result says so. */
  readonly maxSeries: number;
  /** Numbers held by one function, of all series, buckets and intervals: beyond it the query is refused. */
  readonly maxCells: number;
  /** Exemplars of all series together; 0 for none. */
  readonly maxExemplars: number;
}

/** Tempo's bounds, and 40 MB. */
export const DEFAULT_METRICS_LIMITS: MetricsLimits = {
  maxIntervals: 11_000,
  maxSeries: 1000,
  maxCells: 5_000_000,
  maxExemplars: 100,
};

/** Counts the numbers that are held. Throws resource_exhausted beyond the bound. */
export function createCells(maxCells: number) {
  let held = 0;
  return {
    take(count: number): void {
      held += count;
      if (held <= maxCells) return;
      const message = `cannot compute metrics: got more than ${maxCells} numbers of series and intervals`;
      throw new AppError("resource_exhausted", `${message}, want fewer series, a shorter range or a longer step`);
    },
  };
}

export type Cells = ReturnType<typeof createCells>;
