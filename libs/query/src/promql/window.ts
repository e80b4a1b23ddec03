import { dropsOf } from "./drops.ts";
import type { Labels } from "./labels.ts";
import type { RangeSamples } from "./samples.ts";

/**
 * The part of a series that a range function looks at, for one step. It is the same object for all of them: who keeps something
 * of it copies it.
 */
export interface RangeWindow {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly startTimes: Float64Array | null;
  readonly weights: Float64Array | null;
  readonly isDelta: boolean;
  /** The first float of the window, and the one behind its last. */
  from: number;
  to: number;
  readonly histogramTimes: Float64Array;
  readonly histogramStartTimes: Float64Array | null;
  readonly histogramWeights: Float64Array | null;
  readonly histograms: RangeSamples["histograms"];
  histogramFrom: number;
  histogramTo: number;
  /** The time that the expression is evaluated at. */
  stepMs: number;
  /** The range itself: open at its start. With `extended` samples may lie outside. */
  startMs: number;
  endMs: number;
  readonly extended: "anchored" | "smoothed" | null;
  /** Whether any float of the window is less than the one before it in the window. */
  hasDrop(): boolean;
}

export function floatCount(window: RangeWindow): number {
  return window.to - window.from;
}

export function histogramCount(window: RangeWindow): number {
  return window.histogramTo - window.histogramFrom;
}

export function sampleCount(window: RangeWindow): number {
  return floatCount(window) + histogramCount(window);
}

/** How many stored samples the floats of the window stand for. */
export function storedFloats({ weights, from, to }: RangeWindow): number {
  return weights === null ? to - from : total(weights, from, to);
}

export function storedHistograms({ histogramWeights, histogramFrom, histogramTo }: RangeWindow): number {
  return histogramWeights === null ? histogramTo - histogramFrom : total(histogramWeights, histogramFrom, histogramTo);
}

function total(weights: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += weights[i] ?? 0;
  return sum;
}

export interface WindowOptions {
  readonly rangeMs: number;
  /** How far before (and, if smoothed, behind) the range samples are looked at. */
  readonly beforeMs: number;
  readonly behindMs: number;
  readonly extended: "anchored" | "smoothed" | null;
}

/** A window that moves over a series. `moveTo` has to be called with ends that do not go down. */
export interface MovingWindow {
  readonly window: RangeWindow;
  /** Moves it to the range that ends at `endMs`, for a step. */
  moveTo(stepMs: number, endMs: number): void;
}

export function createMovingWindow(samples: RangeSamples, options: WindowOptions): MovingWindow {
  const { times, histogramTimes } = samples;
  let drops: Uint32Array | null | undefined;
  const window: RangeWindow = {
    ...samples,
    hasDrop() {
      if (drops === undefined) drops = dropsOf(samples.values);
      return drops !== null && window.to > window.from && drops[window.to - 1] !== drops[window.from];
    },
    from: 0,
    to: 0,
    histogramFrom: 0,
    histogramTo: 0,
    stepMs: 0,
    startMs: 0,
    endMs: 0,
    extended: options.extended,
  };
  return {
    window,
    moveTo(stepMs, endMs) {
      window.stepMs = stepMs;
      window.endMs = endMs;
      window.startMs = endMs - options.rangeMs;
      const after = window.startMs - options.beforeMs;
      const until = endMs + options.behindMs;
      window.from = advance(times, window.from, after);
      window.to = advance(times, Math.max(window.to, window.from), until);
      if (histogramTimes.length === 0) return;
      window.histogramFrom = advance(histogramTimes, window.histogramFrom, after);
      window.histogramTo = advance(histogramTimes, Math.max(window.histogramTo, window.histogramFrom), until);
    },
  };
}

/** The first index from `at` on whose time is after `limit`. */
function advance(times: Float64Array, at: number, limit: number): number {
  let index = at;
  const { length } = times;
  while (index < length && (times[index] ?? 0) <= limit) index++;
  return index;
}
