import type { Value } from "@sightline/columns/testing/native-reader";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import type {
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  ResourceMetrics,
  ScopeMetrics,
  SummaryDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import type { TableName } from "../tables.ts";
import type { MessageContext } from "../transcoder.ts";
import { expectedId, expectedMap, expectedService, expectedTime } from "./expected-text.ts";

type Row = Record<string, Value>;

/** A row that must be written, without its fingerprint, and the series it must be of. */
export interface ExpectedRow {
  readonly table: TableName;
  readonly row: Row;
  /** Equal for rows of one series only. */
  readonly series: string;
}

type DataPoint = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint;

interface PointRow {
  readonly table: TableName;
  readonly point: DataPoint;
  readonly row: Row;
  readonly exemplars: readonly Exemplar[];
  /** It has exemplars and nothing else. */
  readonly isEmpty: boolean;
}

/** The rows of the metric tables that a request must become, series rows as often as they are seen. */
export function expectedMetrics(payload: Uint8Array, context: MessageContext): ExpectedRow[] {
  const seen = new Set<string>();
  return ExportMetricsServiceRequest.decode(payload).resourceMetrics.flatMap((resource) =>
    resource.scopeMetrics.flatMap((scope) =>
      scope.metrics.flatMap((metric) => {
        const points = pointRows(metric);
        const rows = points.flatMap((point) => rowsOf({ resource, scope, metric, ...point }, context));
        const known = seen.size;
        for (const { series } of rows) seen.add(series);
        const isNews = metric.data !== undefined && (points.length === 0 || seen.size > known);
        return isNews ? [...rows, ...metadataRows(metric, context)] : rows;
      }),
    ),
  );
}

function metadataRows({ name, unit, description, metadata }: Metric, context: MessageContext): ExpectedRow[] {
  const type = metadata.find(({ key, value }) => key === "prometheus.type" && value?.value?.$case === "stringValue");
  if (type?.value?.value?.$case !== "stringValue") return [];
  const row = {
    Tenant: context.tenant,
    MetricName: name,
    Type: type.value.value.value,
    Unit: unit,
    Description: description,
    LastSeen: millis(context.receivedUnixNano),
  };
  return [{ table: "metrics_metadata", row, series: "" }];
}

type Placed = PointRow & { resource: ResourceMetrics; scope: ScopeMetrics; metric: Metric };

/** The first of these times that is not 0 in milliseconds. */
function millis(...nanos: readonly bigint[]): bigint {
  return nanos.map((time) => expectedTime(time) / 1_000_000n).find((time) => time !== 0n) ?? 0n;
}

function rowsOf(placed: Placed, { tenant, receivedUnixNano }: MessageContext): ExpectedRow[] {
  const { table, point, row, exemplars, metric, isEmpty } = placed;
  const time = millis(point.timeUnixNano, receivedUnixNano);
  const begin = { Tenant: tenant, MetricName: metric.name };
  const times = { StartTimestamp: millis(point.startTimeUnixNano), Timestamp: time };
  const seriesRow = { ...begin, ...seriesOf(placed) };
  const series = seriesIdentity(seriesRow);
  return [
    { table: "metrics_series", row: { ...seriesRow, FirstSeen: time, LastSeen: time }, series },
    ...(isEmpty ? [] : [{ table, row: { ...begin, ...times, ...row }, series }]),
    ...exemplars.map((exemplar): ExpectedRow => {
      return { table: "metrics_exemplars", row: { ...begin, ...exemplarOf(exemplar, time) }, series };
    }),
  ];
}

/** What tells a series from others, of a row of `metrics_series`: attributes in any order. */
export function seriesIdentity(row: Row): string {
  const told = IDENTITY.map((name) => {
    const value = row[name];
    return Array.isArray(value) ? value.map((pair) => JSON.stringify(pair)).sort() : value;
  });
  return JSON.stringify(told);
}

const IDENTITY = [
  "Tenant",
  "MetricName",
  "Type",
  "Unit",
  "Temporality",
  "IsMonotonic",
  "Attributes",
  "ResourceAttributes",
  "ScopeName",
  "ScopeVersion",
  "ScopeAttributes",
];

function seriesOf({ resource, scope, metric, point }: Placed): Row {
  const data = metric.data;
  const temporality =
    data !== undefined && "aggregationTemporality" in data.value ? data.value.aggregationTemporality : 0;
  return {
    Type: data?.$case === "exponentialHistogram" ? "exponential_histogram" : (data?.$case ?? ""),
    Unit: metric.unit,
    Description: metric.description,
    Temporality: ["unspecified", "delta", "cumulative"][temporality] ?? "unspecified",
    IsMonotonic: data?.$case === "sum" && data.value.isMonotonic,
    ServiceName: expectedService(resource.resource),
    Attributes: expectedMap(point.attributes),
    ResourceAttributes: expectedMap(resource.resource?.attributes),
    ResourceSchemaUrl: resource.schemaUrl,
    ScopeName: scope.scope?.name ?? "",
    ScopeVersion: scope.scope?.version ?? "",
    ScopeAttributes: expectedMap(scope.scope?.attributes),
    ScopeSchemaUrl: scope.schemaUrl,
  };
}

function pointRows({ data }: Metric): PointRow[] {
  switch (data?.$case) {
    case "gauge":
    case "sum":
      return data.value.dataPoints.map((point) => ({
        table: "metrics_samples",
        point,
        row: { Value: numberOf(point) },
        exemplars: point.exemplars,
        isEmpty: point.exemplars.length > 0 && (point.flags & 1) === 0 && point.value === undefined,
      }));
    case "histogram":
      return data.value.dataPoints.map((point) => ({
        table: "metrics_histograms",
        point,
        row: {
          ...distribution(point),
          ...extremes(point),
          BucketCounts: point.bucketCounts,
          ExplicitBounds: point.explicitBounds,
        },
        exemplars: point.exemplars,
        isEmpty: isEmptyHistogram(point),
      }));
    case "exponentialHistogram":
      return data.value.dataPoints.map((point) => ({
        table: "metrics_exponential_histograms",
        point,
        row: { ...distribution(point), ...extremes(point), ...exponential(point) },
        exemplars: point.exemplars,
        isEmpty: isEmptyHistogram(point),
      }));
    case "summary":
      return data.value.dataPoints.map((point) => ({
        table: "metrics_summaries",
        point,
        row: {
          ...distribution(point),
          // A double has no presence here: one that is absent reads as 0, but was not recorded.
          Quantiles: point.quantileValues.map(({ quantile }) => quantile),
          Values: point.quantileValues.map(({ value }) => value),
        },
        exemplars: [],
        isEmpty: false,
      }));
    default:
      return [];
  }
}

function isEmptyHistogram({ exemplars, flags, count }: HistogramDataPoint | ExponentialHistogramDataPoint): boolean {
  return exemplars.length > 0 && (flags & 1) === 0 && count === 0n;
}

function numberOf({ flags, value }: NumberDataPoint): number {
  return (flags & 1) !== 0 || value === undefined ? Number.NaN : Number(value.value);
}

function distribution({
  flags,
  count,
  sum,
}: HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint): Row {
  return { Flags: flags, Count: count, Sum: sum ?? Number.NaN };
}

function extremes({ min, max }: HistogramDataPoint | ExponentialHistogramDataPoint): Row {
  return { Min: min ?? Number.NaN, Max: max ?? Number.NaN };
}

function exponential(point: ExponentialHistogramDataPoint): Row {
  return {
    Scale: point.scale,
    ZeroCount: point.zeroCount,
    ZeroThreshold: point.zeroThreshold,
    PositiveOffset: point.positive?.offset ?? 0,
    PositiveBucketCounts: point.positive?.bucketCounts ?? [],
    NegativeOffset: point.negative?.offset ?? 0,
    NegativeBucketCounts: point.negative?.bucketCounts ?? [],
  };
}

function exemplarOf({ timeUnixNano, value, traceId, spanId, filteredAttributes }: Exemplar, pointTime: bigint): Row {
  return {
    Timestamp: millis(timeUnixNano) || pointTime,
    Value: Number(value?.value ?? 0),
    TraceId: expectedId(traceId, 16),
    SpanId: expectedId(spanId, 8),
    FilteredAttributes: expectedMap(filteredAttributes),
  };
}
