import { addTo, totalOf } from "../kahan.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { quantileOf } from "../quantile.ts";
import { floatCount, histogramCount, type RangeWindow, storedFloats, storedHistograms } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, type RangeContext, rangeFunction } from "./definition.ts";
import { averageOfHistograms, sumOfHistograms } from "./histograms-over-time.ts";
import { mixed } from "./rate.ts";

/** Where histograms stand beside the floats that a function looks at, it says that they are ignored. */
export function noteIgnored(window: RangeWindow, { call, evaluation }: RangeContext): void {
  if (histogramCount(window) === 0) return;
  evaluation.notes.inform(texts.ignoredInMixedRange(metricName(window.labels)), (call.arguments[0] ?? call).span);
}

function sum(window: RangeWindow, context: RangeContext): RangeAnswer {
  if (histogramCount(window) > 0) {
    return floatCount(window) > 0 ? mixed(window, context) : sumOfHistograms(window, context);
  }
  const kahan = { sum: 0, compensation: 0 };
  for (let i = window.from; i < window.to; i++) addTo(kahan, window.values[i] ?? 0);
  return totalOf(kahan);
}

function average(window: RangeWindow, context: RangeContext): RangeAnswer {
  if (histogramCount(window) > 0) {
    return floatCount(window) > 0 ? mixed(window, context) : averageOfHistograms(window, context);
  }
  if (window.weights !== null) return weightedAverage(window, window.weights);
  const mean = createMean(window.values[window.from] ?? 0);
  for (let i = window.from + 1; i < window.to; i++) mean.add(window.values[i] ?? 0);
  return mean.value();
}

/** The mean of means. */
function weightedAverage({ values, from, to }: RangeWindow, weights: Float64Array): number {
  const kahan = { sum: 0, compensation: 0 };
  let count = 0;
  for (let i = from; i < to; i++) {
    const weight = weights[i] ?? 0;
    addTo(kahan, (values[i] ?? 0) * weight);
    count += weight;
  }
  return totalOf(kahan) / count;
}

/** A mean as the sum divided by the count, or, once that sum is beyond what a float can be, one that is corrected by each value. */
export interface Mean {
  add(value: number): void;
  value(): number;
}

export function createMean(first: number): Mean {
  const kahan = { sum: first, compensation: 0 };
  let count = 1;
  let isIncremental = false;
  return {
    add(value) {
      count++;
      if (!isIncremental) {
        const { sum: before, compensation } = kahan;
        addTo(kahan, value);
        if (Number.isFinite(kahan.sum) || Number.isNaN(kahan.sum)) return;
        isIncremental = true;
        kahan.sum = before / (count - 1);
        kahan.compensation = compensation / (count - 1);
      }
      const share = (count - 1) / count;
      kahan.sum *= share;
      kahan.compensation *= share;
      addTo(kahan, value / count);
    },
    value: () => (isIncremental ? kahan.sum + kahan.compensation : kahan.sum / count + kahan.compensation / count),
  };
}

/** The value that beats all others, or the time of it. */
function extreme(
  window: RangeWindow,
  beats: (value: number, best: number) => boolean,
  context: RangeContext,
): { value: number; ms: number } | null {
  if (floatCount(window) === 0) return null;
  noteIgnored(window, context);
  const { times, values } = window;
  let best = values[window.from] ?? 0;
  let ms = times[window.from] ?? 0;
  for (let i = window.from; i < window.to; i++) {
    const value = values[i] ?? 0;
    if (!beats(value, best) && !Number.isNaN(best)) continue;
    best = value;
    ms = times[i] ?? 0;
  }
  return { value: best, ms };
}

const greater = (value: number, best: number) => value > best;
const less = (value: number, best: number) => value < best;
const greaterOrSame = (value: number, best: number) => value >= best;
const lessOrSame = (value: number, best: number) => value <= best;

function timeOf(
  window: RangeWindow,
  beats: (value: number, best: number) => boolean,
  context: RangeContext,
): RangeAnswer {
  const found = extreme(window, beats, context);
  return found === null ? null : found.ms / 1000;
}

function variance(window: RangeWindow, context: RangeContext): number | null {
  if (floatCount(window) === 0) return null;
  noteIgnored(window, context);
  const mean = { sum: 0, compensation: 0 };
  const squares = { sum: 0, compensation: 0 };
  let count = 0;
  for (let i = window.from; i < window.to; i++) {
    const value = window.values[i] ?? 0;
    count++;
    const difference = value - (mean.sum + mean.compensation);
    addTo(mean, difference / count);
    addTo(squares, difference * (value - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / count;
}

function quantile(window: RangeWindow, wanted: number, context: RangeContext): RangeAnswer {
  if (floatCount(window) === 0) return null;
  const { call, evaluation } = context;
  const { span } = call.arguments[0] ?? call;
  if (!(wanted >= 0 && wanted <= 1)) evaluation.notes.warn(texts.invalidQuantile(wanted), span);
  noteIgnored(window, context);
  return quantileOf(wanted, window.values.slice(window.from, window.to));
}

/** The median of the distances to the median. */
function medianDistance(window: RangeWindow, context: RangeContext): RangeAnswer {
  if (floatCount(window) === 0) return null;
  noteIgnored(window, context);
  const values = window.values.slice(window.from, window.to);
  if (values.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, values.slice());
  return quantileOf(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
}

/** The first or the last sample: a histogram where that comes first (or last). */
function edge(window: RangeWindow, which: "first" | "last"): { answer: RangeAnswer; ms: number } {
  const float = which === "first" ? window.from : window.to - 1;
  const histogram = which === "first" ? window.histogramFrom : window.histogramTo - 1;
  const none = which === "first" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const floatMs = floatCount(window) === 0 ? none : (window.times[float] ?? 0);
  const histogramMs = histogramCount(window) === 0 ? none : (window.histogramTimes[histogram] ?? 0);
  const isFloat = which === "first" ? floatMs < histogramMs : floatMs > histogramMs;
  return {
    answer: isFloat ? (window.values[float] ?? 0) : (window.histograms[histogram] ?? null),
    ms: isFloat ? floatMs : histogramMs,
  };
}

export const overTimeFunctions: readonly FunctionDefinition[] = [
  rangeFunction("sum_over_time", (window, _, context) => sum(window, context)),
  rangeFunction("avg_over_time", (window, _, context) => average(window, context)),
  rangeFunction("count_over_time", (window) => storedFloats(window) + storedHistograms(window)),
  rangeFunction("present_over_time", () => 1),
  rangeFunction("max_over_time", (window, _, context) => extreme(window, greater, context)?.value ?? null),
  rangeFunction("min_over_time", (window, _, context) => extreme(window, less, context)?.value ?? null),
  rangeFunction("ts_of_max_over_time", (window, _, context) => timeOf(window, greaterOrSame, context), {
    isExperimental: true,
  }),
  rangeFunction("ts_of_min_over_time", (window, _, context) => timeOf(window, lessOrSame, context), {
    isExperimental: true,
  }),
  rangeFunction("stdvar_over_time", (window, _, context) => variance(window, context)),
  rangeFunction("stddev_over_time", (window, _, context) => {
    const found = variance(window, context);
    return found === null ? null : Math.sqrt(found);
  }),
  rangeFunction("quantile_over_time", (window, [wanted = Number.NaN], context) => quantile(window, wanted, context), {
    argumentTypes: ["scalar", "matrix"],
  }),
  rangeFunction("mad_over_time", (window, _, context) => medianDistance(window, context), { isExperimental: true }),
  rangeFunction("first_over_time", (window) => edge(window, "first").answer, { keepsName: true }),
  rangeFunction("last_over_time", (window) => edge(window, "last").answer, { keepsName: true }),
  rangeFunction("ts_of_first_over_time", (window) => edge(window, "first").ms / 1000, { isExperimental: true }),
  rangeFunction("ts_of_last_over_time", (window) => edge(window, "last").ms / 1000, { isExperimental: true }),
];
