import type { RangeAggregation } from "../ast.ts";
import type { Accumulator } from "./accumulator.ts";
import type { Budget } from "./limits.ts";
import { createCounterRates, createQuantiles } from "./sample-accumulators.ts";
import type { Series } from "./series.ts";
import type { Windows } from "./windows.ts";

/** Makes accumulators for a range function. */
export function createAccumulators(aggregation: RangeAggregation, windows: Windows, budget: Budget): () => Accumulator {
  const { operation, parameter, range } = aggregation;
  const perSecond = (value: number) => value / windows.rangeSeconds;
  const same = (value: number) => value;
  switch (operation) {
    case "count_over_time":
      return () => createCounts(windows, same);
    case "rate":
      return range.unwrap === null ? () => createCounts(windows, perSecond) : () => createSums(windows, perSecond);
    case "absent_over_time":
      return () => createCounts(windows, () => 1);
    case "bytes_over_time":
    case "sum_over_time":
      return () => createSums(windows, same);
    case "bytes_rate":
      return () => createSums(windows, perSecond);
    case "avg_over_time":
      return () => createFold(windows, averaged);
    case "min_over_time":
      return () => createFold(windows, (old, value) => (value < old || Number.isNaN(old) ? value : old));
    case "max_over_time":
      return () => createFold(windows, (old, value) => (value > old || Number.isNaN(old) ? value : old));
    case "stdvar_over_time":
      return () => createVariance(windows, same);
    case "stddev_over_time":
      return () => createVariance(windows, Math.sqrt);
    case "first_over_time":
      return () => createEdge(windows, (at, known) => at < known);
    case "last_over_time":
      return () => createEdge(windows, (at, known) => at >= known);
    case "quantile_over_time":
      return () => createQuantiles(parameter ?? Number.NaN, windows, budget);
    case "rate_counter":
      return () => createCounterRates(windows, budget);
  }
}

/** How many samples each window has, kept as differences between windows: one sample costs the same however long the range is. */
function createCounts(windows: Windows, result: (count: number) => number): Accumulator {
  const changes = new Float64Array(windows.steps + 1);
  return {
    add(at, _, times = 1) {
      const first = windows.first(at);
      const end = windows.last(at) + 1;
      changes[first] = (changes[first] ?? 0) + times;
      changes[end] = (changes[end] ?? 0) - times;
    },
    finish(series) {
      let count = 0;
      for (let step = 0; step < windows.steps; step++) {
        count += changes[step] ?? 0;
        if (count > 0) setPoint(series, step, result(count));
      }
    },
  };
}

function setPoint(series: Series, step: number, value: number): void {
  series.values[step] = value;
  series.present[step] = 1;
}

function createSums(windows: Windows, result: (sum: number) => number): Accumulator {
  const fold = createFold(windows, (sum, value) => sum + value);
  return {
    add: fold.add,
    finish(series) {
      fold.finish(series);
      for (let step = 0; step < windows.steps; step++) series.values[step] = result(series.values[step] ?? 0);
    },
  };
}

/** Puts samples together one by one; the first of a window is where it begins. */
function createFold(windows: Windows, fold: (old: number, value: number, count: number) => number): Accumulator {
  const values = new Float64Array(windows.steps);
  const counts = new Float64Array(windows.steps);
  return {
    add(at, value) {
      const last = windows.last(at);
      for (let step = windows.first(at); step <= last; step++) {
        const count = (counts[step] ?? 0) + 1;
        values[step] = count === 1 ? value : fold(values[step] ?? 0, value, count);
        counts[step] = count;
      }
    },
    finish(series) {
      for (let step = 0; step < windows.steps; step++) {
        if ((counts[step] ?? 0) > 0) setPoint(series, step, values[step] ?? 0);
      }
    },
  };
}

/** A running mean. An infinite one stays what it is, unless what comes is infinite the other way or no number. */
function averaged(mean: number, value: number, count: number): number {
  if (!Number.isFinite(mean) && !Number.isNaN(mean)) {
    if (Number.isFinite(value) || value === mean) return mean;
  }
  return mean + (value / count - mean / count);
}

/** Welford's method: a running mean and the sum of squares about it. */
function createVariance(windows: Windows, result: (variance: number) => number): Accumulator {
  const counts = new Float64Array(windows.steps);
  const means = new Float64Array(windows.steps);
  const squares = new Float64Array(windows.steps);
  return {
    add(at, value) {
      const last = windows.last(at);
      for (let step = windows.first(at); step <= last; step++) {
        const count = (counts[step] ?? 0) + 1;
        const delta = value - (means[step] ?? 0);
        const mean = (means[step] ?? 0) + delta / count;
        counts[step] = count;
        means[step] = mean;
        squares[step] = (squares[step] ?? 0) + delta * (value - mean);
      }
    },
    finish(series) {
      for (let step = 0; step < windows.steps; step++) {
        const count = counts[step] ?? 0;
        if (count > 0) setPoint(series, step, result((squares[step] ?? 0) / count));
      }
    },
  };
}

/** The sample of each window that is first, or last. */
function createEdge(windows: Windows, isNearer: (at: number, known: number) => boolean): Accumulator {
  const times = new Float64Array(windows.steps).fill(Number.NaN);
  const values = new Float64Array(windows.steps);
  return {
    add(at, value) {
      const last = windows.last(at);
      for (let step = windows.first(at); step <= last; step++) {
        const known = times[step] ?? Number.NaN;
        if (!Number.isNaN(known) && !isNearer(at, known)) continue;
        times[step] = at;
        values[step] = value;
      }
    },
    finish(series) {
      for (let step = 0; step < windows.steps; step++) {
        if (!Number.isNaN(times[step])) setPoint(series, step, values[step] ?? 0);
      }
    },
  };
}
