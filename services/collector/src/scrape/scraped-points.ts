import type { Labels, Point } from "../otlp/metrics-request.ts";
import type { Exposition, FamilySample } from "./exposition.ts";
import type { MetricFamily } from "./metric-family.ts";
import type { SampleExemplar } from "./sample-line.ts";

export interface ScrapeOf {
  /** When it was scraped, nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  /** `job`, `instance` and the target's own; they win over the exposition's, which become `exported_<name>`. */
  readonly targetLabels: Labels;
}

/**
 * Samples as OTLP number points under their literal Prometheus names: `_total`, `_bucket{le}`, `_sum`, `_count` and
 * quantiles stay series of their own, so that PromQL finds what it expects.
 */
export function scrapedPoints({ samples }: Exposition, { timeUnixNano, targetLabels }: ScrapeOf): Point[] {
  return samples.map(({ sample, family }) => ({
    name: sample.name,
    unit: unitOf(family),
    help: family.help,
    kind: kindOf(sample.name, family),
    labels: labelsOf(sample.labels, targetLabels),
    value: sample.value,
    timeUnixNano: sample.timestampMs === undefined ? timeUnixNano : nanosOf(sample.timestampMs),
    exemplar: sample.exemplar === undefined ? undefined : exemplarOf(sample.exemplar, timeUnixNano),
  }));
}

/** Counters only grow, and so do the counts and sums of histograms and summaries. */
function kindOf(sampleName: string, family: MetricFamily): Point["kind"] {
  const suffix = sampleName.slice(family.name.length);
  if (suffix === "_created") return "gauge";
  if (family.type === "counter" || family.type === "histogram") return "counter";
  return family.type === "summary" && suffix !== "" ? "counter" : "gauge";
}

/** The units that Prometheus' names end in, in UCUM (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
const UNITS: Readonly<Record<string, string>> = {
  seconds: "s",
  milliseconds: "ms",
  bytes: "By",
  ratio: "1",
  percent: "%",
  celsius: "Cel",
  meters: "m",
  volts: "V",
  amperes: "A",
  joules: "J",
  grams: "g",
  hertz: "Hz",
};

function unitOf({ name, unit }: FamilySample["family"]): string {
  const word = unit === "" ? (/_([a-z]+)(?:_total)?$/.exec(name)?.[1] ?? "") : unit;
  return UNITS[word] ?? (unit === "" ? "" : unit);
}

function labelsOf(own: Labels, targetLabels: Labels): Labels {
  const taken = new Set(targetLabels.map(([name]) => name));
  // An empty label is the same as none.
  const rest = own.filter(([, value]) => value !== "");
  return [
    ...targetLabels,
    ...rest.map(([name, value]) => [taken.has(name) ? `exported_${name}` : name, value] as const),
  ];
}

function exemplarOf({ labels, value, timestampMs }: SampleExemplar, scrapedUnixNano: bigint) {
  return { labels, value, timeUnixNano: timestampMs === undefined ? scrapedUnixNano : nanosOf(timestampMs) };
}

function nanosOf(unixMs: number): bigint {
  return BigInt(Math.round(unixMs * 1000)) * 1000n;
}
