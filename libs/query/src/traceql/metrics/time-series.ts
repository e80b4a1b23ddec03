import { keyOf, type Value } from "../value.ts";

export interface Label {
  readonly name: string;
  /** Null where all that a series is grouped by is not there. */
  readonly value: Value;
}

/** A span that is an example of a point. */
export interface Exemplar {
  readonly traceId: string;
  readonly timestampMs: number;
  readonly value: number;
}

/** A value for each interval, NaN where there is none. */
export interface TimeSeries {
  readonly labels: readonly Label[];
  readonly values: Float64Array;
  readonly exemplars: readonly Exemplar[];
}

/** The label that names a series which has no other. */
export const METRIC_NAME = "__name__";

/** What tells series apart, whatever the order of their labels. The metric's name does not. */
export function seriesKey(labels: readonly Label[]): string {
  return JSON.stringify(
    labels
      .filter(({ name }) => name !== METRIC_NAME)
      .map(({ name, value }) => [name, keyOf(value)])
      .sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)),
  );
}

/** The key of a series without labels. */
export const NO_LABELS = seriesKey([]);
