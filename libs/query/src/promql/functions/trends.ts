import { executionProblem } from "../evaluate/evaluation.ts";
import { addTo } from "../kahan.ts";
import { floatCount, type RangeWindow } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, type RangeContext, rangeFunction } from "./definition.ts";
import { noteIgnored } from "./over-time.ts";

/** The straight line through the floats of a window that is nearest to them: its slope and its value at a time. */
function regression(window: RangeWindow, atMs: number): { slope: number; intercept: number } {
  const { times, values, from, to } = window;
  const sums = [0, 1, 2, 3].map(() => ({ sum: 0, compensation: 0 }));
  const [x = zero(), y = zero(), xy = zero(), xx = zero()] = sums;
  const first = values[from] ?? 0;
  let isConstant = true;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0;
    const seconds = ((times[i] ?? 0) - atMs) / 1000;
    if (value !== first) isConstant = false;
    addTo(x, seconds);
    addTo(y, value);
    addTo(xy, seconds * value);
    addTo(xx, seconds * seconds);
  }
  if (isConstant) {
    if (!Number.isFinite(first)) return { slope: Number.NaN, intercept: Number.NaN };
    return { slope: 0, intercept: first };
  }
  const count = to - from;
  const [sumX = 0, sumY = 0, sumXy = 0, sumXx = 0] = sums.map(({ sum, compensation }) => sum + compensation);
  const slope = (sumXy - (sumX * sumY) / count) / (sumXx - (sumX * sumX) / count);
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}

function zero() {
  return { sum: 0, compensation: 0 };
}

/** Whether there are floats enough for a trend; says where histograms beside them are ignored. */
function hasTrend(window: RangeWindow, context: RangeContext): boolean {
  if (floatCount(window) > 0) noteIgnored(window, context);
  return floatCount(window) >= 2;
}

function derivative(window: RangeWindow, context: RangeContext): RangeAnswer {
  if (!hasTrend(window, context)) return null;
  // A time near the samples keeps the numbers small.
  return regression(window, window.times[window.from] ?? 0).slope;
}

function prediction(window: RangeWindow, seconds: number, context: RangeContext): RangeAnswer {
  if (!hasTrend(window, context)) return null;
  const { slope, intercept } = regression(window, window.stepMs);
  return slope * seconds + intercept;
}

/** Double exponential smoothing: of the values and of their trend. */
function smoothing(window: RangeWindow, factors: readonly number[], context: RangeContext): RangeAnswer {
  const [smoothingFactor = 0, trendFactor = 0] = factors;
  requireFactor("smoothing factor. Expected: 0 < sf < 1", smoothingFactor);
  requireFactor("trend factor. Expected: 0 < tf < 1", trendFactor);
  if (!hasTrend(window, context)) return null;
  const { values, from, to } = window;
  let before = 0;
  let smoothed = values[from] ?? 0;
  let trend = (values[from + 1] ?? 0) - smoothed;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (smoothed - before) + (1 - trendFactor) * trend;
    const next = smoothingFactor * (values[i] ?? 0) + (1 - smoothingFactor) * (smoothed + trend);
    before = smoothed;
    smoothed = next;
  }
  return smoothed;
}

function requireFactor(what: string, factor: number): void {
  if (factor <= 0 || factor >= 1) throw executionProblem(`invalid ${what}, got: ${factor.toFixed(6)}`);
}

export const trendFunctions: readonly FunctionDefinition[] = [
  rangeFunction("deriv", (window, _, context) => derivative(window, context)),
  rangeFunction("predict_linear", (window, [seconds = 0], context) => prediction(window, seconds, context), {
    argumentTypes: ["matrix", "scalar"],
  }),
  rangeFunction("double_exponential_smoothing", smoothing, {
    argumentTypes: ["matrix", "scalar", "scalar"],
    isExperimental: true,
  }),
];
