import { arrayColumn } from "@sightline/columns/column";
import { lowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { mapColumn } from "@sightline/columns/map-column";
import {
  boolColumn,
  dateTime64Column,
  float64Column,
  int32Column,
  stringColumn,
  uint32Column,
  uint64Column,
} from "@sightline/columns/plain-column";
import { newTable } from "@sightline/columns/table";

/** What every row of a point begins with. */
function pointColumns() {
  return {
    Tenant: lowCardinalityColumn(),
    MetricName: lowCardinalityColumn(),
    Fingerprint: uint64Column(),
    StartTimestamp: dateTime64Column(3),
    Timestamp: dateTime64Column(3),
  };
}

function distributionColumns() {
  return { ...pointColumns(), Flags: uint32Column(), Count: uint64Column(), Sum: float64Column() };
}

/** The tables of metrics, as `tables.ts` has them. */
export function newMetricTables() {
  const quantiles = uint64Column();
  return {
    metrics_series: newTable({
      Tenant: lowCardinalityColumn(),
      MetricName: lowCardinalityColumn(),
      Fingerprint: uint64Column(),
      Type: lowCardinalityColumn(),
      Unit: lowCardinalityColumn(),
      Description: lowCardinalityColumn(),
      Temporality: lowCardinalityColumn(),
      IsMonotonic: boolColumn(),
      ServiceName: lowCardinalityColumn(),
      Attributes: mapColumn(),
      ResourceAttributes: mapColumn(),
      ResourceSchemaUrl: lowCardinalityColumn(),
      ScopeName: lowCardinalityColumn(),
      ScopeVersion: lowCardinalityColumn(),
      ScopeAttributes: mapColumn(),
      ScopeSchemaUrl: lowCardinalityColumn(),
      FirstSeen: dateTime64Column(3),
      LastSeen: dateTime64Column(3),
    }),
    metrics_samples: newTable({ ...pointColumns(), Value: float64Column() }),
    metrics_histograms: newTable({
      ...distributionColumns(),
      Min: float64Column(),
      Max: float64Column(),
      BucketCounts: arrayColumn(uint64Column()),
      ExplicitBounds: arrayColumn(float64Column()),
    }),
    metrics_exponential_histograms: newTable({
      ...distributionColumns(),
      Min: float64Column(),
      Max: float64Column(),
      Scale: int32Column(),
      ZeroCount: uint64Column(),
      ZeroThreshold: float64Column(),
      PositiveOffset: int32Column(),
      PositiveBucketCounts: arrayColumn(uint64Column()),
      NegativeOffset: int32Column(),
      NegativeBucketCounts: arrayColumn(uint64Column()),
    }),
    metrics_summaries: newTable({
      ...distributionColumns(),
      Quantiles: arrayColumn(float64Column(), quantiles),
      Values: arrayColumn(float64Column(), quantiles),
    }),
    metrics_exemplars: newTable({
      Tenant: lowCardinalityColumn(),
      MetricName: lowCardinalityColumn(),
      Fingerprint: uint64Column(),
      Timestamp: dateTime64Column(3),
      Value: float64Column(),
      TraceId: stringColumn(),
      SpanId: stringColumn(),
      FilteredAttributes: mapColumn(),
    }),
    metrics_metadata: newTable({
      Tenant: lowCardinalityColumn(),
      MetricName: lowCardinalityColumn(),
      Type: lowCardinalityColumn(),
      Unit: lowCardinalityColumn(),
      Description: stringColumn(),
      LastSeen: dateTime64Column(3),
    }),
  };
}

export type MetricTables = ReturnType<typeof newMetricTables>;

/** The tables that have a row for each point or exemplar. */
export const POINT_TABLES = [
  "metrics_samples",
  "metrics_histograms",
  "metrics_exponential_histograms",
  "metrics_summaries",
  "metrics_exemplars",
] as const satisfies readonly (keyof MetricTables)[];
export type PointTable = (typeof POINT_TABLES)[number];
