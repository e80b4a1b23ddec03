import {
  appendIndexTimes,
  internText,
  type LowCardinalityColumn,
  lowCardinalityRows,
} from "@sightline/columns/low-cardinality-column";
import { endMap } from "@sightline/columns/map-column";
import { appendRepeated, appendUint8, appendWords, type PlainColumn } from "@sightline/columns/plain-column";
import { appendAttributes } from "./attributes.ts";
import type { MetricWalk } from "./metric-walk.ts";
import { appendInternedTimes } from "./range.ts";
import { appendAttributesTimes, appendResource } from "./resource.ts";
import { readScope, SCOPE_ATTRIBUTES } from "./scope.ts";
import { appendStatusAlias } from "./status-alias.ts";
import type { Millis } from "./times.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Of Metric: which kind of data it holds, by field. */
export const GAUGE = tagOf(5, LENGTH);
export const SUM = tagOf(7, LENGTH);
export const HISTOGRAM = tagOf(9, LENGTH);
export const EXPONENTIAL_HISTOGRAM = tagOf(10, LENGTH);
export const SUMMARY = tagOf(11, LENGTH);

const TYPES: ReadonlyMap<number, string> = new Map([
  [GAUGE, "gauge"],
  [SUM, "sum"],
  [HISTOGRAM, "histogram"],
  [EXPONENTIAL_HISTOGRAM, "exponential_histogram"],
  [SUMMARY, "summary"],
]);
/** By the number of AggregationTemporality. */
const TEMPORALITIES = ["unspecified", "delta", "cumulative"];

/**
 * Notes that the series of the point at hand was seen, unless the memory knows it as stored. The first time in this
 * batch it gets a row; what the row has from its metric, scope and resource is appended for all new series at once, when
 * these end.
 */
export function noteSeries(walk: MetricWalk, wire: Wire): void {
  const { point, tables, series, memory, tenantHash } = walk;
  const { columns } = tables.metrics_series;
  const low = point.hash.low ^ tenantHash.low;
  const high = point.hash.high ^ tenantHash.high;
  if (memory?.knows(low, high, point.time.seconds)) return;
  const number = series.findOrAdd(low, high);
  if (number >= 0) {
    lower(columns.FirstSeen, number, point.time);
    raise(columns.LastSeen, number, point.time);
    return;
  }
  appendWords(columns.Fingerprint, point.hash.low, point.hash.high);
  appendWords(columns.FirstSeen, point.time.low, point.time.high);
  appendWords(columns.LastSeen, point.time.low, point.time.high);
  const { message, attributesTag } = point;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === attributesTag) appendAttributes(columns.Attributes, wire, tag, message.end);
  }
  if (walk.metric.needsStatusAlias) appendStatusAlias(columns.Attributes, wire, point);
  endMap(columns.Attributes);
  tables.metrics_series.rows++;
}

function lower(column: PlainColumn, row: number, time: Millis): void {
  if (compare(column, row, time) > 0) setWords(column, row, time);
}

function raise(column: PlainColumn, row: number, time: Millis): void {
  if (compare(column, row, time) < 0) setWords(column, row, time);
}

/** How a row's time compares with another: below, above or equal to 0. */
function compare(column: PlainColumn, row: number, time: Millis): number {
  const high = column.view.getInt32(row * 8 + 4, true);
  return high === time.high ? column.view.getUint32(row * 8, true) - (time.low >>> 0) : high - time.high;
}

function setWords(column: PlainColumn, row: number, time: Millis): void {
  column.view.setInt32(row * 8, time.low, true);
  column.view.setInt32(row * 8 + 4, time.high, true);
}

/** Appends what the new series have from the metric that ends; returns how many they are. */
export function endMetricSeries(walk: MetricWalk, wire: Wire): number {
  const { metric, tables } = walk;
  const { columns } = tables.metrics_series;
  const rows = tables.metrics_series.rows - lowCardinalityRows(columns.MetricName);
  if (rows === 0) return 0;
  appendInternedTimes(columns.MetricName, wire, metric.name, rows);
  appendTextTimes(columns.Type, TYPES.get(metric.kind) ?? "", rows);
  appendInternedTimes(columns.Unit, wire, metric.unit, rows);
  appendInternedTimes(columns.Description, wire, metric.description, rows);
  appendTextTimes(columns.Temporality, TEMPORALITIES[metric.temporality] ?? "unspecified", rows);
  appendUint8(columns.IsMonotonic, metric.monotonic ? 1 : 0);
  appendRepeated(columns.IsMonotonic, columns.IsMonotonic.length - 1, rows - 1);
  return rows;
}

/** Appends what the new series have from the scope that ends. */
export function endScopeSeries(walk: MetricWalk, wire: Wire): void {
  const { scope, tables } = walk;
  const { columns } = tables.metrics_series;
  const rows = tables.metrics_series.rows - lowCardinalityRows(columns.ScopeName);
  if (rows === 0) return;
  readScope(scope.parts, wire, scope.message);
  appendInternedTimes(columns.ScopeName, wire, scope.parts.name, rows);
  appendInternedTimes(columns.ScopeVersion, wire, scope.parts.version, rows);
  appendAttributesTimes(columns.ScopeAttributes, wire, scope.message, { tag: SCOPE_ATTRIBUTES, rows });
  appendInternedTimes(columns.ScopeSchemaUrl, wire, scope.schemaUrl, rows);
}

/** Appends what the new series have from the resource that ends. */
export function endResourceSeries(walk: MetricWalk, wire: Wire): void {
  const { resource, tables } = walk;
  const { columns } = tables.metrics_series;
  const rows = tables.metrics_series.rows - lowCardinalityRows(columns.Tenant);
  if (rows === 0) return;
  appendTextTimes(columns.Tenant, walk.tenant, rows);
  appendInternedTimes(columns.ResourceSchemaUrl, wire, resource.schemaUrl, rows);
  appendResource(columns, wire, resource.message, rows);
}

function appendTextTimes(column: LowCardinalityColumn, text: string, rows: number): void {
  appendIndexTimes(column, internText(column, text), rows);
}

/** Lets the memory know the series of this batch as stored. */
export function rememberSeries({ series, memory, tables }: MetricWalk): void {
  const { view } = tables.metrics_series.columns.LastSeen;
  for (let number = 0; number < series.size(); number++) {
    const unixMs = view.getInt32(number * 8 + 4, true) * 4294967296 + view.getUint32(number * 8, true);
    memory?.remember(series.low(number), series.high(number), (unixMs / 1000) | 0);
  }
}
