import {
  type PromqlInstantSample,
  type PromqlNativeHistogram,
  type PromqlRecordedSample,
  PromqlResetHint,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { customSchema, type Histogram, type ResetHint } from "@sightline/query/promql/histogram/histogram";
import type { VectorElement } from "@sightline/rules/evaluate/queries";
import type { WrittenSample } from "@sightline/rules/evaluate/written-samples";
import type { Labels } from "@sightline/rules/labels";

/** A sample of storage's answer. */
export function elementOf({ labels, value, histogram }: PromqlInstantSample): VectorElement {
  return { labels: labelsOf(labels), value: histogram === undefined ? value : histogramOf(histogram) };
}

/** @param names names and values by turns */
export function labelsOf(names: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (let at = 0; at < names.length; at += 2) labels[names[at] ?? ""] = names[at + 1] ?? "";
  return labels;
}

const HINTS: ReadonlyMap<PromqlResetHint, ResetHint> = new Map([
  [PromqlResetHint.RESET, "reset"],
  [PromqlResetHint.NOT_RESET, "not_reset"],
  [PromqlResetHint.GAUGE, "gauge"],
]);

function histogramOf({ hint, bounds, ...histogram }: PromqlNativeHistogram): Histogram {
  const { schema, count, sum, zeroThreshold, zeroCount } = histogram;
  return {
    ...{ schema, count, sum, zeroThreshold, zeroCount },
    positive: { indexes: histogram.positiveIndexes, counts: histogram.positiveCounts },
    negative: { indexes: histogram.negativeIndexes, counts: histogram.negativeCounts },
    bounds: schema === customSchema ? bounds : null,
    hint: HINTS.get(hint) ?? "unknown",
  };
}

/** A sample of ours for storage. */
export function recordedOf({ labels, atMs, value }: WrittenSample): PromqlRecordedSample {
  return {
    labels: Object.entries(labels).flat(),
    unixMs: BigInt(atMs),
    value: typeof value === "number" ? value : 0,
    histogram: typeof value === "object" ? wireOf(value) : undefined,
    isStale: value === "stale",
  };
}

const WIRE_HINTS: Readonly<Record<ResetHint, PromqlResetHint>> = {
  unknown: PromqlResetHint.UNSPECIFIED,
  reset: PromqlResetHint.RESET,
  not_reset: PromqlResetHint.NOT_RESET,
  gauge: PromqlResetHint.GAUGE,
};

function wireOf({ positive, negative, bounds, hint, ...numbers }: Histogram): PromqlNativeHistogram {
  return {
    ...numbers,
    positiveIndexes: [...positive.indexes],
    positiveCounts: [...positive.counts],
    negativeIndexes: [...negative.indexes],
    negativeCounts: [...negative.counts],
    bounds: [...(bounds ?? [])],
    hint: WIRE_HINTS[hint],
  };
}
