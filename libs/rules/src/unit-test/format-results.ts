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
        `${formatLabels(labels)} ${histogram === "" ? formatExponent(value) : histogram}`,
    )
    .join(", ");
}

/** A sample with what it is to be compared and shown by. */
export function shownSample(labels: SeriesLabels, value: number | Histogram): ShownSample {
  if (typeof value === "number") return { labels, value, histogram: "" };
  return { labels, value: 0, histogram: formatHistogramNotation(value) };
}

/** A number as Go's `strconv.FormatFloat(x, 'E', -1, 64)` writes it. */
function formatExponent(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const text = value.toExponential().toUpperCase();
  return `${Object.is(value, -0) ? "-" : ""}${text.replace(/E([+-])(\d)$/, "E$10$2")}`;
}

/** A duration as Go writes it: `1h0m0s`, `1.5s`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (Math.abs(ms) < 1000) return `${ms}ms`;
  const seconds = Math.abs(ms) / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${Math.round((seconds % 60) * 1000) / 1000}s`;
  const sign = ms < 0 ? "-" : "";
  if (hours > 0) return `${sign}${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${sign}${minutes}m${rest}` : sign + rest;
}
