import { intern } from "@sightline/columns/dictionary";
import { appendIndex, internText, type LowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { endMap, type MapColumn } from "@sightline/columns/map-column";
import { appendUint8, appendWords } from "@sightline/columns/plain-column";
import { appendAttributes } from "./attributes.ts";
import type { MetricWalk } from "./metric-walk.ts";
import { pointMillis } from "./metric-walk.ts";
import type { Range } from "./range.ts";
import { internServiceName } from "./resource.ts";
import { readScope, SCOPE_ATTRIBUTES } from "./scope.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Of Metric: which kind of data it holds, by field. */
export const GAUGE = tagOf(5, LENGTH);
export const SUM = tagOf(7, LENGTH);
export const HISTOGRAM = tagOf(9, LENGTH);
export const EXPONENTIAL_HISTOGRAM = tagOf(10, LENGTH);
export const SUMMARY = tagOf(11, LENGTH);

const TYPES: Readonly<Record<number, string>> = {
  [GAUGE]: "gauge",
  [SUM]: "sum",
  [HISTOGRAM]: "histogram",
  [EXPONENTIAL_HISTOGRAM]: "exponential_histogram",
  [SUMMARY]: "summary",
};
/** By the number of AggregationTemporality. */
const TEMPORALITIES = ["unspecified", "delta", "cumulative"];
/** Of Resource. */
const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);

/** Notes that the series of the point at hand was seen; the first time in this batch it becomes a row. */
export function noteSeries(walk: MetricWalk, wire: Wire): void {
  const { firstSeen, lastSeen } = walk;
  const time = pointMillis(walk);
  const number = walk.series.findOrAdd(walk.point.hash, walk.tenantNumber);
  if (number < 0) {
    firstSeen.push(time);
    lastSeen.push(time);
    appendSeries(walk, wire);
    return;
  }
  if (time < (firstSeen[number] ?? 0)) firstSeen[number] = time;
  if (time > (lastSeen[number] ?? 0)) lastSeen[number] = time;
}

/** Appends the row of a series but for FirstSeen and LastSeen, which are known only at the end of the batch. */
function appendSeries(walk: MetricWalk, wire: Wire): void {
  const { columns } = walk.tables.metrics_series;
  const { metric, point, resource, scope } = walk;
  appendIndex(columns.Tenant, internText(columns.Tenant, walk.tenant));
  internRange(columns.MetricName, wire, metric.name);
  appendWords(columns.Fingerprint, point.hash.low, point.hash.high);
  appendIndex(columns.Type, internText(columns.Type, TYPES[metric.kind] ?? ""));
  internRange(columns.Unit, wire, metric.unit);
  internRange(columns.Description, wire, metric.description);
  const temporality = TEMPORALITIES[metric.temporality] ?? "unspecified";
  appendIndex(columns.Temporality, internText(columns.Temporality, temporality));
  appendUint8(columns.IsMonotonic, metric.monotonic ? 1 : 0);
  appendIndex(columns.ServiceName, internServiceName(columns.ServiceName, wire, resource.message));
  appendMap(columns.Attributes, wire, point.message, point.attributesTag);
  appendMap(columns.ResourceAttributes, wire, resource.message, RESOURCE_ATTRIBUTES);
  internRange(columns.ResourceSchemaUrl, wire, resource.schemaUrl);
  readScope(scope.parts, wire, scope.message);
  internRange(columns.ScopeName, wire, scope.parts.name);
  internRange(columns.ScopeVersion, wire, scope.parts.version);
  appendMap(columns.ScopeAttributes, wire, scope.message, SCOPE_ATTRIBUTES);
  internRange(columns.ScopeSchemaUrl, wire, scope.schemaUrl);
  walk.rows.metrics_series++;
}

function internRange(column: LowCardinalityColumn, wire: Wire, range: Range): void {
  appendIndex(column, intern(column.dictionary, wire.view, range.start, range.end));
}

function appendMap(map: MapColumn, wire: Wire, message: Range, wanted: number): void {
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === wanted) appendAttributes(map, wire, tag, message.end);
  }
  endMap(map);
}
