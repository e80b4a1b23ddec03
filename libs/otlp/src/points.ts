import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  AggregationTemporality,
  type Metric,
  type NumberDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { attributesText } from "./value-text.ts";

/** One number of a gauge or a sum. */
export interface NumberPoint {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  /** Nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  readonly value: number;
  /** A running total: a cumulative monotonic sum. */
  readonly monotonic: boolean;
}

/** The flag of a point that says there is no value (opentelemetry-proto, DataPointFlags). */
const NO_RECORDED_VALUE = 1;

/**
 * Hands over every gauge's and sum's number of an ExportMetricsServiceRequest; histograms and summaries are passed over.
 * Objects and all: for what is looked at now and then, not for storing.
 */
export function readNumberPoints(payload: Uint8Array, take: (point: NumberPoint) => void): void {
  for (const { resource, scopeMetrics } of ExportMetricsServiceRequest.decode(payload).resourceMetrics) {
    const resourceAttributes = attributesText(resource?.attributes ?? []);
    for (const { metrics } of scopeMetrics) {
      for (const metric of metrics) {
        const { points, monotonic } = numbersOf(metric);
        for (const point of points) {
          if ((point.flags & NO_RECORDED_VALUE) !== 0 || point.value === undefined) continue;
          take({
            metric: metric.name,
            labels: attributesText(point.attributes),
            resource: resourceAttributes,
            timeUnixNano: point.timeUnixNano,
            value: Number(point.value.value),
            monotonic,
          });
        }
      }
    }
  }
}

function numbersOf({ data }: Metric): { points: readonly NumberDataPoint[]; monotonic: boolean } {
  if (data?.$case === "gauge") return { points: data.value.dataPoints, monotonic: false };
  if (data?.$case !== "sum") return { points: [], monotonic: false };
  const { dataPoints, isMonotonic, aggregationTemporality } = data.value;
  return {
    points: dataPoints,
    monotonic: isMonotonic && aggregationTemporality === AggregationTemporality.CUMULATIVE,
  };
}
