import type { Accumulator } from "./accumulator.ts";
import type { Budget } from "./limits.ts";
import { createRanks } from "./ranks.ts";
import type { Series } from "./series.ts";
import type { Windows } from "./windows.ts";

/** Samples in the order of their times, which are relative and in nanoseconds. */
interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Keeps all samples until the end. Each is taken from the budget. */
function createKeeper(budget: Budget, finish: (samples: Samples, series: Series) => void): Accumulator {
  const times: number[] = [];
  const values: number[] = [];
  return {
    add(at, value) {
      budget.takeSample();
      times.push(at);
      values.push(value);
    },
    finish(series) {
      const order = Uint32Array.from(times, (_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
      const sorted = (list: readonly number[]) => Float64Array.from(order, (index) => list[index] ?? 0);
      finish({ times: sorted(times), values: sorted(values) }, series);
    },
  };
}

/** A window slides over samples: `from` is the first in it, `to` the first behind it. */
interface WindowVisitor {
  enter(index: number): void;
  leave(index: number): void;
  /** The value of a window that is not empty and looks back from `end`. */
  value(from: number, to: number, end: number): number;
}

function slide({ times }: Samples, windows: Windows, visitor: WindowVisitor): (series: Series) => void {
  return (series) => {
    let from = 0;
    let to = 0;
    for (let step = 0; step < windows.steps; step++) {
      const end = windows.pointAt(step);
      while (to < times.length && (times[to] ?? 0) <= end) visitor.enter(to++);
      while (from < to && (times[from] ?? 0) <= end - windows.rangeNs) visitor.leave(from++);
      if (from === to) continue;
      series.values[step] = visitor.value(from, to, end);
      series.present[step] = 1;
    }
  };
}

/**
 * Quantiles, interpolated between the two samples that they lie between. Windows may overlap as they like: samples come and go in an index
 * of ranks.
 */
export function createQuantiles(q: number, windows: Windows, budget: Budget): Accumulator {
  return createKeeper(budget, (samples, series) => {
    const { values } = samples;
    // What is no number comes first.
    const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => compareValues(values[a], values[b]));
    const ranks = new Uint32Array(order.length);
    for (const [rank, index] of order.entries()) ranks[index] = rank;
    const index = createRanks(order.length);
    const nth = (place: number) => values[order[index.find(place)] ?? 0] ?? 0;
    const value = (from: number, to: number) => {
      if (Number.isNaN(q)) return Number.NaN;
      if (q < 0 || q > 1) return q < 0 ? -Infinity : Infinity;
      const rank = q * (to - from - 1);
      const lower = Math.floor(rank);
      const weight = rank - lower;
      return nth(lower) * (1 - weight) + nth(Math.min(to - from - 1, lower + 1)) * weight;
    };
    const enter = (at: number) => index.add(ranks[at] ?? 0);
    const leave = (at: number) => index.remove(ranks[at] ?? 0);
    slide(samples, windows, { enter, leave, value })(series);
  });
}

function compareValues(a = 0, b = 0): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}

/** Rates of counters. What they lost by being reset is added up once. */
export function createCounterRates(windows: Windows, budget: Budget): Accumulator {
  return createKeeper(budget, (samples, series) => {
    const { times, values } = samples;
    const lost = new Float64Array(values.length);
    for (let at = 1; at < values.length; at++) {
      const before = values[at - 1] ?? 0;
      lost[at] = (lost[at - 1] ?? 0) + ((values[at] ?? 0) < before ? before : 0);
    }
    const value = (from: number, to: number, end: number) =>
      rateOfCounter({
        count: to - from,
        firstNs: times[from] ?? 0,
        lastNs: times[to - 1] ?? 0,
        firstValue: values[from] ?? 0,
        growth: (values[to - 1] ?? 0) - (values[from] ?? 0) + (lost[to - 1] ?? 0) - (lost[from] ?? 0),
        startNs: end - windows.rangeNs,
        endNs: end,
      });
    const ignore = () => undefined;
    slide(samples, windows, { enter: ignore, leave: ignore, value })(series);
  });
}

interface CounterWindow {
  readonly count: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly firstValue: number;
  readonly growth: number;
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * The rate per second at which a counter grew, extrapolated to the ends of the window as Prometheus does it: to an end that is near, else by
 * half the usual distance of samples, and never to before the counter was zero.
 */
function rateOfCounter({ count, firstNs, lastNs, firstValue, growth, startNs, endNs }: CounterWindow): number {
  if (count < 2) return 0;
  const sampled = lastNs - firstNs;
  const distance = sampled / (count - 1);
  const near = distance * 1.1;
  let toStart = firstNs - startNs;
  if (toStart >= near) toStart = distance / 2;
  if (growth > 0 && firstValue >= 0) toStart = Math.min(toStart, sampled * (firstValue / growth));
  let toEnd = endNs - lastNs;
  if (toEnd >= near) toEnd = distance / 2;
  return growth * ((sampled + toStart + toEnd) / sampled / ((endNs - startNs) / 1e9));
}
