import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeDoubleField,
  writeFixed64Field,
  writeStringField,
  writeVarintField,
  writtenBytes,
} from "@sightline/otlp/wire-writer";
import { hasCustomBuckets } from "@sightline/query/promql/histogram/histogram";
import type { WrittenSample } from "@sightline/rules/evaluate/written-samples";
import { writeHistogramFields } from "./histogram-fields.ts";

/** The instrumentation scope of what rules record. */
const SCOPE = "sightline.rules";
/** Of ExportMetricsServiceRequest, ResourceMetrics, ScopeMetrics and Metric. */
const RESOURCE_METRICS = 1;
const SCOPE_METRICS = 2;
const SCOPE_FIELD = 1;
const METRICS = 2;
const NAME = 1;
/** Of NumberDataPoint. */
const TIME = 3;
const AS_DOUBLE = 4;
const NUMBER_ATTRIBUTES = 7;
const NUMBER_FLAGS = 8;

/** A form in which OTLP has data: its field of Metric, and that of its points' attributes. */
interface Kind {
  readonly data: number;
  readonly attributes: number;
}

const GAUGE: Kind = { data: 5, attributes: NUMBER_ATTRIBUTES };
const EXPLICIT: Kind = { data: 9, attributes: 9 };
const EXPONENTIAL: Kind = { data: 10, attributes: 1 };

/**
 * Samples as a serialized ExportMetricsServiceRequest, as those of remote write come in: attributes are the labels, the metric's name is
 * literal, numbers are gauges, native histograms exponential ones, or explicit ones where their buckets are custom.
 */
export function samplePayload(samples: readonly WrittenSample[]): Uint8Array {
  const writer = openWriter();
  const resource = begin(writer, RESOURCE_METRICS);
  const scopeMetrics = begin(writer, SCOPE_METRICS);
  const scope = begin(writer, SCOPE_FIELD);
  writeStringField(writer, NAME, SCOPE);
  end(writer, scope);
  for (const [name, byKind] of grouped(samples)) {
    for (const [kind, some] of byKind) writeMetric(writer, name, { kind, samples: some });
  }
  end(writer, scopeMetrics);
  end(writer, resource);
  return writtenBytes(writer);
}

function grouped(samples: readonly WrittenSample[]): Map<string, Map<Kind, WrittenSample[]>> {
  const byName = new Map<string, Map<Kind, WrittenSample[]>>();
  for (const sample of samples) {
    const name = sample.labels["__name__"] ?? "";
    const byKind = byName.get(name) ?? new Map<Kind, WrittenSample[]>();
    byName.set(name, byKind);
    const kind = kindOf(sample.value);
    const some = byKind.get(kind);
    if (some === undefined) byKind.set(kind, [sample]);
    else some.push(sample);
  }
  return byName;
}

/** The mark of an end is a number, whatever the series was. */
function kindOf(value: WrittenSample["value"]): Kind {
  if (typeof value !== "object") return GAUGE;
  return hasCustomBuckets(value) ? EXPLICIT : EXPONENTIAL;
}

interface MetricSamples {
  readonly kind: Kind;
  readonly samples: readonly WrittenSample[];
}

/** No aggregation temporality is said of histograms: nobody knows whether a rule's only go up. */
function writeMetric(writer: WireWriter, name: string, { kind, samples }: MetricSamples): void {
  const metric = begin(writer, METRICS);
  writeStringField(writer, NAME, name);
  const data = begin(writer, kind.data);
  for (const sample of samples) writePoint(writer, sample, kind);
  end(writer, data);
  end(writer, metric);
}

function writePoint(writer: WireWriter, { labels, atMs, value }: WrittenSample, { attributes }: Kind): void {
  const point = begin(writer, 1);
  for (const [name, text] of Object.entries(labels)) {
    if (name !== "__name__") writeAttribute(writer, attributes, { name, text });
  }
  writeFixed64Field(writer, TIME, BigInt(atMs) * 1_000_000n);
  if (typeof value === "object") writeHistogramFields(writer, value);
  else if (value === "stale") writeVarintField(writer, NUMBER_FLAGS, POINT_FLAGS.noRecordedValue);
  else writeDoubleField(writer, AS_DOUBLE, value);
  end(writer, point);
}

function writeAttribute(writer: WireWriter, field: number, { name, text }: { name: string; text: string }): void {
  const pair = begin(writer, field);
  writeStringField(writer, 1, name);
  const any = begin(writer, 2);
  writeStringField(writer, 1, text);
  end(writer, any);
  end(writer, pair);
}
