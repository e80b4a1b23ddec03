import type { Series } from "./series.ts";

/** Gathers the samples of one series, in any order, into the windows that they fall into. */
export interface Accumulator {
  /** A sample at a relative time; with `times`, what so many lines come to together. */
  add(at: number, value: number, times?: number): void;
  /** Writes the values of all windows that have samples. */
  finish(series: Series): void;
}
