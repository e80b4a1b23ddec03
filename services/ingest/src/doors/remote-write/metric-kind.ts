import { type Labels, valueEnd, valueStart } from "./labels.ts";
import type { Series } from "./series.ts";

/** A form in which OTLP has data: by field numbers of Metric and of its data points, and what is said of all points. */
export interface MetricKind {
  /** Of Metric. */
  readonly data: number;
  readonly isMonotonic: boolean;
  /** AggregationTemporality; 0 where it is not said. */
  readonly temporality: number;
  /** Of the data points: attributes and exemplars. */
  readonly attributes: number;
  readonly exemplars: number;
}

const CUMULATIVE = 2;
const number = { attributes: 7, exemplars: 5 };

export const GAUGE: MetricKind = { ...number, data: 5, isMonotonic: false, temporality: 0 };
export const COUNTER: MetricKind = { ...number, data: 7, isMonotonic: true, temporality: CUMULATIVE };

const explicit = { data: 9, isMonotonic: false, attributes: 9, exemplars: 8 };
const exponential = { data: 10, isMonotonic: false, attributes: 1, exemplars: 11 };
const CUSTOM: MetricKind = { ...explicit, temporality: CUMULATIVE };
const CUSTOM_GAUGE: MetricKind = { ...explicit, temporality: 0 };
const NATIVE: MetricKind = { ...exponential, temporality: CUMULATIVE };
/** OTLP has no histograms that go up and down: of these it is not said how they add up. */
const NATIVE_GAUGE: MetricKind = { ...exponential, temporality: 0 };

/** The types of MetricMetadata (v1) and Metadata (v2), which have the same numbers, in Prometheus' own words. */
export const TYPES = [
  "unknown",
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
] as const;
const COUNTER_TYPE = TYPES.indexOf("counter");
const GAUGE_TYPE = TYPES.indexOf("gauge");
const HISTOGRAM_TYPE = TYPES.indexOf("histogram");
const SUMMARY_TYPE = TYPES.indexOf("summary");

const TOTAL = Buffer.from("_total");
const BUCKET = Buffer.from("_bucket");
const COUNT = Buffer.from("_count");
const SUM = Buffer.from("_sum");
const CREATED = Buffer.from("_created");

/** The kind of a histogram with custom buckets or a schema, that counts or goes up and down. */
export function histogramKind(isCustom: boolean, isGauge: boolean): MetricKind {
  if (isCustom) return isGauge ? CUSTOM_GAUGE : CUSTOM;
  return isGauge ? NATIVE_GAUGE : NATIVE;
}

/**
 * Whether plain samples are of a counter. The type says so where the sender told it; else the name does, of `_total` and
 * of the buckets of classic histograms. All others are gauges (OpenTelemetry, "Prometheus and OpenMetrics
 * Compatibility"): nothing is lost, since values are kept as they are either way.
 */
export function sampleKind({ labels, type }: Series): MetricKind {
  switch (type) {
    case COUNTER_TYPE:
    case HISTOGRAM_TYPE:
      return endsWith(labels, CREATED) ? GAUGE : COUNTER;
    case SUMMARY_TYPE:
      return endsWith(labels, COUNT) || endsWith(labels, SUM) ? COUNTER : GAUGE;
    case 0:
      return endsWith(labels, TOTAL) || (labels.hasLe && endsWith(labels, BUCKET)) ? COUNTER : GAUGE;
    default:
      return GAUGE;
  }
}

/**
 * What exemplars that come without samples belong to. Counters and buckets have them in every exposition format; any
 * other series with exemplars is a native histogram, unless it is said to be a counter or gauge.
 */
export function exemplarKind(series: Series): MetricKind {
  const { labels, type, samples, histograms } = series;
  if (histograms > 0) return histogramKind(series.isCustom, series.isGauge);
  if (samples > 0 || type === COUNTER_TYPE || type === GAUGE_TYPE) return sampleKind(series);
  if (labels.hasLe || [TOTAL, BUCKET, COUNT, SUM].some((suffix) => endsWith(labels, suffix))) return sampleKind(series);
  return NATIVE;
}

function endsWith(labels: Labels, suffix: Uint8Array): boolean {
  const { bytes, name } = labels;
  const from = valueEnd(labels, name) - suffix.length;
  if (from < valueStart(labels, name)) return false;
  for (let i = 0; i < suffix.length; i++) if (bytes[from + i] !== suffix[i]) return false;
  return true;
}
