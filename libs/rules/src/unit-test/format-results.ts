import { formatFloat } from "@sightline/gotext/format-float";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { formatLabels, type Labels as SeriesLabels } from "@sightline/query/promql/labels";
import { formatHistogramNotation } from "@sightline/query/promql/series-notation";
import { sortedLabels } from "./sorted-labels.ts";
import type { ExpectedAlert } from "./unit-test-file.ts";

/** Alerts as promtool prints them (cmd/promtool/unittest.go, labelsAndAnnotations). */
export function formatAlerts(alerts: readonly ExpectedAlert[]): string {
  if (alerts.length === 0) return "[]";
  const items = alerts.map((alert, at) => `${at}:${indent(`\n${formatAlert(alert)}`, "  ")}`);
  return `[\n${items.join(",\n")}\n]`;
}

function formatAlert({ labels, annotations }: ExpectedAlert): string {
  return `Labels:${formatLabels(sortedLabels(labels))}\nAnnotations:${formatLabels(sortedLabels(annotations))}`;
}

/** Indents all lines but the first. */
export function indent(text: string, by: string): string {
  return text.split("\n").join(`\n${by}`);
}

/** A sample of an expression's answer. */
export interface ShownSample {
  readonly labels: SeriesLabels;
  readonly value: number;
  /** In the notation of tests; "" for a float. */
  readonly histogram: string;
}

/** Samples as promtool prints them. */
export function formatSamples(samples: readonly ShownSample[]): string {
  if (samples.length === 0) return "nil";
  return samples
    .map(
      ({ labels, value, histogram }) =>
        `${formatLabels(labels)} ${histogram === "" ? formatFloat(value, "E", -1) : histogram}`,
    )
    .join(", ");
}

/** A sample with what it is to be compared and shown by. */
export function shownSample(labels: SeriesLabels, value: number | Histogram): ShownSample {
  if (typeof value === "number") return { labels, value, histogram: "" };
  return { labels, value: 0, histogram: formatHistogramNotation(value) };
}
