import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  AggregationTemporality,
  type Exemplar,
  type Metric,
  type NumberDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";

export type Labels = readonly (readonly [name: string, value: string])[];

/** One value of one series at one moment. */
export interface Point {
  readonly name: string;
  /** UCUM; "1" for ratios and counts of nothing. */
  readonly unit: string;
  readonly help: string;
  /** A counter only grows, from its start on; a gauge is what it is. */
  readonly kind: "gauge" | "counter";
  readonly labels: Labels;
  readonly value: number;
  /** Nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  /** Since when a counter counts, nanoseconds since the Unix epoch. Default: not known. */
  readonly startUnixNano?: bigint;
  readonly exemplar?: PointExemplar | undefined;
}

export interface PointExemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timeUnixNano: bigint;
}

export interface MetricsBatch {
  /** What the points are about: service.name, host.name… */
  readonly resource: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** The bytes of an ExportMetricsServiceRequest (opentelemetry-proto, collector/metrics/v1). */
export function encodeMetrics({ resource, points }: MetricsBatch): Buffer {
  const metrics = new Map<string, Metric>();
  for (const point of points) {
    const metric = metrics.get(point.name) ?? emptyMetric(point);
    metrics.set(point.name, metric);
    if (metric.data?.$case === "gauge" || metric.data?.$case === "sum")
      metric.data.value.dataPoints.push(dataPoint(point));
  }
  const request = {
    resourceMetrics: [
      {
        resource: { attributes: Object.entries(resource).map(keyValue), droppedAttributesCount: 0, entityRefs: [] },
        scopeMetrics: [
          {
            scope: { name: "sightline-collector", version: "", attributes: [], droppedAttributesCount: 0 },
            metrics: [...metrics.values()],
            schemaUrl: "",
          },
        ],
        schemaUrl: "",
      },
    ],
  };
  return Buffer.from(ExportMetricsServiceRequest.encode(request).finish());
}

function emptyMetric({ name, unit, help, kind }: Point): Metric {
  const common = { name, unit, description: help, metadata: [] };
  if (kind === "gauge") return { ...common, data: { $case: "gauge", value: { dataPoints: [] } } };
  const value = { dataPoints: [], aggregationTemporality: AggregationTemporality.CUMULATIVE, isMonotonic: true };
  return { ...common, data: { $case: "sum", value } };
}

function dataPoint(point: Point): NumberDataPoint {
  return {
    attributes: point.labels.map(keyValue),
    startTimeUnixNano: point.startUnixNano ?? 0n,
    timeUnixNano: point.timeUnixNano,
    value: { $case: "asDouble", value: point.value },
    exemplars: point.exemplar === undefined ? [] : [exemplarOf(point.exemplar)],
    flags: 0,
  };
}

/** Exemplars of Prometheus name their trace in labels (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
function exemplarOf({ labels, value, timeUnixNano }: PointExemplar): Exemplar {
  const id = (name: string, bytes: number) => {
    const text = labels.find(([label]) => label === name)?.[1] ?? "";
    return text.length === bytes * 2 && /^[0-9a-f]+$/i.test(text) ? Buffer.from(text, "hex") : Buffer.alloc(0);
  };
  const traceId = id("trace_id", 16);
  const spanId = id("span_id", 8);
  const rest = labels.filter(
    ([name]) => !((name === "trace_id" && traceId.length > 0) || (name === "span_id" && spanId.length > 0)),
  );
  return { filteredAttributes: rest.map(keyValue), timeUnixNano, value: { $case: "asDouble", value }, spanId, traceId };
}

function keyValue([key, value]: readonly [string, string]): KeyValue {
  return { key, keyStrindex: 0, value: { value: { $case: "stringValue", value } } };
}
