import type { Annotations } from "./annotations.ts";
import type { Histogram } from "./histogram/histogram.ts";
import type { Labels } from "./labels.ts";

/** A value at a time, in milliseconds since 1970. */
export interface Point<Value> {
  readonly ms: number;
  readonly value: Value;
}

/** Floats and their times, in the order of time. An answer may have millions, which as objects would take ten times the memory. */
export interface FloatPoints {
  readonly times: Float64Array;
  /** One for each time. */
  readonly values: Float64Array;
}

/** A series of an answer: floats and histograms apart, each in the order of time. */
export interface ResultSeries {
  readonly labels: Labels;
  readonly floats: FloatPoints;
  readonly histograms: readonly Point<Histogram>[];
}

/** A series of an answer for one time. */
export interface ResultSample {
  readonly labels: Labels;
  readonly ms: number;
  readonly value: number | Histogram;
}

export type ResultValue =
  /** Series over time, in the order of their labels. */
  | { readonly kind: "matrix"; readonly series: readonly ResultSeries[] }
  /** Series at one time; their order counts where the query sorted them. */
  | { readonly kind: "vector"; readonly samples: readonly ResultSample[] }
  | { readonly kind: "scalar"; readonly ms: number; readonly value: number }
  | { readonly kind: "string"; readonly ms: number; readonly text: string };

export interface QueryResult extends Annotations {
  readonly value: ResultValue;
  /** The most samples that it held at a time. */
  readonly peakSamples: number;
}
