import type { ExpositionFormat, Label, Sample } from "./sample-line.ts";

/** What a metric is, in the words of OpenMetrics; `unknown` is 0.0.4's `untyped` too. */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset"
  | "unknown";

/** A metric and what is said about it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}

/** What the samples of a family may be called beside its own name (OpenMetrics 1.0, "Metric Types"). */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ["_total", "_created"],
  gauge: [""],
  histogram: ["_bucket", "_count", "_sum", "_created"],
  gaugehistogram: ["_bucket", "_gcount", "_gsum"],
  summary: ["", "_count", "_sum", "_created"],
  info: ["_info"],
  stateset: [""],
  unknown: [""],
};

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["gaugehistogram", "gaugehistogram"],
  ["summary", "summary"],
  ["info", "info"],
  ["stateset", "stateset"],
  ["unknown", "unknown"],
]);

/** The type that a TYPE line names. */
export function typeOf(word: string, format: ExpositionFormat): MetricType | undefined {
  if (word === "untyped") return format === "prometheus" ? "unknown" : undefined;
  return TYPES.get(word);
}

/** Whether a sample belongs to a family by its name. 0.0.4 puts counters under their full name. */
export function belongs(sampleName: string, family: MetricFamily, format: ExpositionFormat): boolean {
  if (!sampleName.startsWith(family.name)) return false;
  const suffix = sampleName.slice(family.name.length);
  if (format === "prometheus" && suffix === "") return true;
  return SUFFIXES[family.type].includes(suffix);
}

/** Every sample name that a family lays claim to. */
export function claimedNames(family: MetricFamily): string[] {
  return [family.name, ...SUFFIXES[family.type].map((suffix) => family.name + suffix)];
}

/** The labels that tell the series of one metric point apart: without `le`, `quantile` and a state's own. */
export function groupOf(sample: Sample, family: MetricFamily): string {
  if (family.type === "info") return "";
  const inner = INNER_LABEL[family.type] ?? (family.type === "stateset" ? family.name : undefined);
  return seriesKey(inner === undefined ? sample.labels : sample.labels.filter(([name]) => name !== inner));
}

const INNER_LABEL: Partial<Record<MetricType, string>> = {
  histogram: "le",
  gaugehistogram: "le",
  summary: "quantile",
};

/** A text that is the same for the same labels in any order. */
export function seriesKey(labels: readonly Label[]): string {
  // With its length a value can hold anything and still not look like the next label.
  const parts = labels.map(([name, value]) => `${name}=${value.length}:${value}`);
  return parts.length < 2 ? (parts[0] ?? "") : parts.sort().join();
}

export function labelOf(sample: Sample, name: string): string | undefined {
  return sample.labels.find(([candidate]) => candidate === name)?.[1];
}
