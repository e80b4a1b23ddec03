import { intern } from "@sightline/columns/dictionary";
import { appendIndex, internText, type LowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { appendInteger, appendWords, type PlainColumn } from "@sightline/columns/plain-column";
import { addBytes, type Hash, newHash } from "./fingerprint.ts";
import { createFingerprintIndex } from "./fingerprint-index.ts";
import { newMetricTables } from "./metric-tables.ts";
import { newRange, type Range } from "./range.ts";
import { newScope } from "./scope.ts";
import { isSet, millis, newNanos } from "./times.ts";
import type { Wire } from "./wire.ts";

/** The numbers of the strings of one table that are the same for many rows; -1 when not yet looked up. */
interface Interned {
  tenant: number;
  metricName: number;
}

/** The tables that have a row for each point. */
export const POINT_TABLES = [
  "metrics_samples",
  "metrics_histograms",
  "metrics_exponential_histograms",
  "metrics_summaries",
  "metrics_exemplars",
] as const;
export type PointTable = (typeof POINT_TABLES)[number];

/** What is needed at every step of the walk over metrics. */
export function newMetricWalk() {
  return {
    tables: newMetricTables(),
    rows: {
      metrics_series: 0,
      metrics_samples: 0,
      metrics_histograms: 0,
      metrics_exponential_histograms: 0,
      metrics_summaries: 0,
      metrics_exemplars: 0,
    },
    points: 0,
    /** The series of this batch: their numbers are the rows of `metrics_series`. */
    series: createFingerprintIndex(),
    /** By a series' number, milliseconds since the Unix epoch. */
    firstSeen: [] as number[],
    lastSeen: [] as number[],
    tenant: "",
    tenantNumber: 0,
    /** The tenants of this batch, numbered: equal fingerprints of two are two series. */
    tenants: new Map<string, number>(),
    received: newNanos(),
    interned: {
      metrics_samples: newInterned(),
      metrics_histograms: newInterned(),
      metrics_exponential_histograms: newInterned(),
      metrics_summaries: newInterned(),
      metrics_exemplars: newInterned(),
    } satisfies Record<PointTable, Interned>,
    resource: { message: newRange(), schemaUrl: newRange(), hash: newHash() },
    scope: { message: newRange(), schemaUrl: newRange(), hash: newHash(), parts: newScope() },
    metric: {
      name: newRange(),
      description: newRange(),
      unit: newRange(),
      /** The field of Metric that holds the data, and its bytes. */
      kind: 0,
      data: newRange(),
      temporality: 0,
      monotonic: false,
      hash: newHash(),
    },
    point: {
      message: newRange(),
      start: newNanos(),
      time: newNanos(),
      flags: 0,
      /** The tag that its attributes have, for a series that is new. */
      attributesTag: 0,
      hash: newHash(),
    },
  };
}

function newInterned(): Interned {
  return { tenant: -1, metricName: -1 };
}

export type MetricWalk = ReturnType<typeof newMetricWalk>;

/** Columns that every row of a point begins with. */
export interface PointColumns {
  readonly Tenant: LowCardinalityColumn;
  readonly MetricName: LowCardinalityColumn;
  readonly Fingerprint: PlainColumn;
  readonly Timestamp: PlainColumn;
}

/** Appends what every row of a point begins with, but for its times. */
export function beginRow(walk: MetricWalk, wire: Wire, table: PointTable): void {
  const columns: PointColumns = walk.tables[table].columns;
  const interned = walk.interned[table];
  if (interned.tenant < 0) interned.tenant = internText(columns.Tenant, walk.tenant);
  if (interned.metricName < 0) {
    const { name } = walk.metric;
    interned.metricName = intern(columns.MetricName.dictionary, wire.view, name.start, name.end);
  }
  appendIndex(columns.Tenant, interned.tenant);
  appendIndex(columns.MetricName, interned.metricName);
  appendWords(columns.Fingerprint, walk.point.hash.low, walk.point.hash.high);
  walk.rows[table]++;
}

/** Appends the times of the point at hand. */
export function appendTimes(
  walk: MetricWalk,
  columns: { readonly StartTimestamp: PlainColumn; readonly Timestamp: PlainColumn },
): void {
  appendInteger(columns.StartTimestamp, millis(walk.point.start));
  appendInteger(columns.Timestamp, pointMillis(walk));
}

/** The time of the point at hand, or when the message was received, in milliseconds. */
export function pointMillis({ point, received }: MetricWalk): number {
  return millis(isSet(point.time) ? point.time : received);
}

/** Adds a part of the payload to a hash. */
export function addRange(hash: Hash, wire: Wire, range: Range, salt: number): void {
  addBytes(hash, wire.bytes, range.start, range.end, salt);
}
