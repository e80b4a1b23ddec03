import { judge, type Strictness, type Verdict } from "./judge.ts";
import { createWindow, type Window } from "./window.ts";

export interface SeriesOptions extends Strictness {
  /** Values a baseline remembers. */
  readonly windowSize: number;
  /** Values are taken at most this often; those between are skipped. */
  readonly sampleIntervalMs: number;
  /** Outliers in a row that make an anomaly: one alone is noise. */
  readonly consecutive: number;
  /** Outliers in a row after which the new level is taken as normal. */
  readonly relearnAfter: number;
}

type Outlier = Extract<Verdict, { kind: "outlier" }>;

/** What a value made of a series. */
export type Step =
  | { readonly kind: "skipped" | "learned" | "suspect" | "ongoing" | "ended" | "relearned" }
  | { readonly kind: "anomaly"; readonly value: number; readonly samples: number; readonly outlier: Outlier };

/**
 * One metric series with its baseline. An episode of outliers is told once: at its `consecutive`th value. Outliers do
 * not enter the baseline, or a long fault would become its own excuse, until they have gone on for so long that they
 * are how things are now.
 */
export interface Series {
  /**
   * @param timeMs milliseconds since the Unix epoch
   * @param value of a monotonic series its running total, of any other what it is
   */
  take(timeMs: number, value: number, monotonic: boolean): Step;
  lastTimeMs(): number;
  values(): number[];
}

/** @param initial values remembered from an earlier run, oldest first */
export function createSeries(options: SeriesOptions, initial: readonly number[] = []): Series {
  let window: Window = createWindow(options.windowSize, initial);
  let last = { timeMs: Number.NEGATIVE_INFINITY, total: Number.NaN };
  let inARow = 0;

  const consider = (value: number): Step => {
    const verdict = judge(window, value, options);
    if (verdict.kind !== "outlier") {
      const ended = inARow >= options.consecutive;
      inARow = 0;
      window.add(value);
      return { kind: ended ? "ended" : "learned" };
    }
    inARow += 1;
    if (inARow >= options.relearnAfter) {
      inARow = 0;
      window = createWindow(options.windowSize, [value]);
      return { kind: "relearned" };
    }
    if (inARow < options.consecutive) return { kind: "suspect" };
    if (inARow > options.consecutive) return { kind: "ongoing" };
    return { kind: "anomaly", value, samples: window.count(), outlier: verdict };
  };

  return {
    take: (timeMs, value, monotonic) => {
      if (!Number.isFinite(value) || timeMs - last.timeMs < options.sampleIntervalMs) return { kind: "skipped" };
      const before = last;
      last = { timeMs, total: value };
      if (!monotonic) return consider(value);
      const seconds = (timeMs - before.timeMs) / 1000;
      const increase = value - before.total;
      // The first total, or one that fell since the counter began anew, says nothing about a rate.
      if (!(increase >= 0) || !Number.isFinite(seconds)) return { kind: "skipped" };
      return consider(increase / seconds);
    },
    lastTimeMs: () => last.timeMs,
    values: () => window.values(),
  };
}
