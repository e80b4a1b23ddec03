import type { Window } from "./window.ts";

/** How strict a baseline is. */
export interface Strictness {
  /** Values that a series must have shown before it is judged. */
  readonly minSamples: number;
  /** How many robust standard deviations from the median are too many. */
  readonly maxDeviations: number;
  /** Never narrower than this share of the median, so that a very steady series may breathe. */
  readonly minSpread: number;
}

export type Verdict =
  /** Too few values yet, or a series that only knows two values: a state, which rules watch better than statistics. */
  | { readonly kind: "unjudged" }
  | { readonly kind: "normal" }
  | {
      readonly kind: "outlier";
      /** What the value was expected to be within. */
      readonly low: number;
      readonly high: number;
      /** Distance from the median in robust standard deviations. */
      readonly deviations: number;
      /** 0 to 1: grows with the distance and with what the baseline rests on. */
      readonly confidence: number;
    };

/** Makes the median absolute deviation comparable with a standard deviation of normal data. */
const normalConsistency = 1.4826;

/**
 * Compares a value with the values before it by median and median absolute deviation, which unlike mean and standard
 * deviation are not moved by the outliers they are to find (Hampel identifier; Davies and Gather 1993).
 */
export function judge(window: Window, value: number, strictness: Strictness): Verdict {
  const center = window.median();
  const samples = window.count();
  if (center === undefined || samples < strictness.minSamples || window.distinct() < 3) return { kind: "unjudged" };
  const spread = Math.max(window.medianDeviation() * normalConsistency, Math.abs(center) * strictness.minSpread);
  if (spread === 0) return { kind: "unjudged" };
  const deviations = Math.abs(value - center) / spread;
  if (deviations <= strictness.maxDeviations) return { kind: "normal" };
  const reach = spread * strictness.maxDeviations;
  const distance = 1 - (0.5 * strictness.maxDeviations) / deviations;
  const experience = Math.min(1, samples / (2 * strictness.minSamples));
  return { kind: "outlier", low: center - reach, high: center + reach, deviations, confidence: distance * experience };
}
