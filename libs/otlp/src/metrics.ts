import { encodeBlock } from "@sightline/columns/native-block";
import { appendInteger } from "@sightline/columns/plain-column";
import { markTable, resetTable, rollbackTable, tableBytes } from "@sightline/columns/table";
import { AppError } from "@sightline/errors/app-error";
import { addHash, clearHash, type Hash, newHash } from "./fingerprint.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import {
  type AppendPoint,
  appendExemplars,
  appendExponentialHistogram,
  appendHistogram,
  appendNumber,
  appendSummary,
} from "./metric-points.ts";
import { EXPONENTIAL_HISTOGRAM, GAUGE, HISTOGRAM, noteSeries, SUM, SUMMARY } from "./metric-series.ts";
import type { MetricTables } from "./metric-tables.ts";
import { addRange, type MetricWalk, newMetricWalk, POINT_TABLES } from "./metric-walk.ts";
import { clearRange, type Range, takeField } from "./range.ts";
import { clearNanos, setNanos, takeNanos } from "./times.ts";
import type { Appended, MessageContext, TableBlock, Transcoder } from "./transcoder.ts";
import { FIXED64, LENGTH, next, openWire, readUint32, tagOf, VARINT, type Wire } from "./wire.ts";

/** Of ExportMetricsServiceRequest, ResourceMetrics and ScopeMetrics. */
const RESOURCE_METRICS = tagOf(1, LENGTH);
const RESOURCE = tagOf(1, LENGTH);
const SCOPE_METRICS = tagOf(2, LENGTH);
const SCOPE = tagOf(1, LENGTH);
const METRICS = tagOf(2, LENGTH);
const SCHEMA_URL = tagOf(3, LENGTH);

/** Of Metric. */
const NAME = tagOf(1, LENGTH);
const DESCRIPTION = tagOf(2, LENGTH);
const UNIT = tagOf(3, LENGTH);
/** Of Gauge, Sum, Histogram, ExponentialHistogram and Summary. */
const DATA_POINTS = tagOf(1, LENGTH);
const TEMPORALITY = tagOf(2, VARINT);
const IS_MONOTONIC = tagOf(3, VARINT);
/** Of every data point. */
const START_TIME = tagOf(2, FIXED64);
const TIME = tagOf(3, FIXED64);

/** Where the kinds of points have the same fields, and what makes rows of them. */
interface PointShape {
  readonly attributes: number;
  readonly flags: number;
  /** 0: these have none. */
  readonly exemplars: number;
  readonly append: AppendPoint;
}

const NUMBER: PointShape = {
  attributes: tagOf(7, LENGTH),
  flags: tagOf(8, VARINT),
  exemplars: tagOf(5, LENGTH),
  append: appendNumber,
};
const SHAPES = new Map<number, PointShape>([
  [GAUGE, NUMBER],
  [SUM, NUMBER],
  [
    HISTOGRAM,
    { attributes: tagOf(9, LENGTH), flags: tagOf(10, VARINT), exemplars: tagOf(8, LENGTH), append: appendHistogram },
  ],
  [
    EXPONENTIAL_HISTOGRAM,
    {
      attributes: tagOf(1, LENGTH),
      flags: tagOf(10, VARINT),
      exemplars: tagOf(11, LENGTH),
      append: appendExponentialHistogram,
    },
  ],
  [SUMMARY, { attributes: tagOf(7, LENGTH), flags: tagOf(8, VARINT), exemplars: 0, append: appendSummary }],
]);

/** Data points to rows of the metric tables. */
export function createMetricTranscoder(): Transcoder {
  const walk = newMetricWalk();
  const { tables, rows } = walk;
  const all = [tables.metrics_series, ...POINT_TABLES.map((name) => tables[name])];
  return {
    append(payload, context): Appended {
      const before = { points: walk.points, rows: { ...rows } };
      for (const table of all) markTable(table);
      try {
        begin(walk, context);
        walkRequest(walk, openWire(payload), payload.length);
      } catch (thrown) {
        for (const table of all) rollbackTable(table);
        Object.assign(rows, before.rows);
        walk.points = before.points;
        walk.series.truncate(rows.metrics_series);
        walk.firstSeen.length = rows.metrics_series;
        walk.lastSeen.length = rows.metrics_series;
        return { ok: false, error: AppError.from(thrown) };
      }
      return { ok: true, records: walk.points - before.points };
    },
    records: () => walk.points,
    bytes: () => all.reduce((sum, table) => sum + tableBytes(table), 0),
    blocks() {
      const { columns } = tables.metrics_series;
      columns.FirstSeen.length = 0;
      columns.LastSeen.length = 0;
      for (const time of walk.firstSeen) appendInteger(columns.FirstSeen, time);
      for (const time of walk.lastSeen) appendInteger(columns.LastSeen, time);
      return [blockOf(walk, "metrics_series"), ...POINT_TABLES.map((name) => blockOf(walk, name))].filter(
        (block) => block.rows > 0,
      );
    },
    reset() {
      for (const table of all) resetTable(table);
      for (const name of POINT_TABLES) rows[name] = 0;
      rows.metrics_series = 0;
      walk.points = 0;
      walk.series.truncate(0);
      walk.firstSeen.length = 0;
      walk.lastSeen.length = 0;
      walk.tenants.clear();
    },
  };
}

function blockOf(walk: MetricWalk, name: keyof MetricTables): TableBlock {
  const table = walk.tables[name];
  const rows = walk.rows[name];
  const pieces = rows === 0 ? [] : encodeBlock(table, rows);
  return { table: name, rows, columns: Object.keys(table.columns), pieces };
}

function begin(walk: MetricWalk, context: MessageContext): void {
  walk.tenant = context.tenant;
  walk.tenantNumber = walk.tenants.get(context.tenant) ?? walk.tenants.size;
  walk.tenants.set(context.tenant, walk.tenantNumber);
  setNanos(walk.received, context.receivedUnixNano);
  for (const name of POINT_TABLES) walk.interned[name].tenant = -1;
}

function walkRequest(walk: MetricWalk, wire: Wire, end: number): void {
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== RESOURCE_METRICS) continue;
    const after = wire.pos;
    walkResource(walk, wire, wire.start, after);
    wire.pos = after;
  }
}

/** Finds what an envelope says of all in it, before what is in it is walked: it is part of every series' identity. */
function findEnvelope(envelope: { message: Range; schemaUrl: Range }, wire: Wire, start: number, end: number): void {
  clearRange(envelope.message);
  clearRange(envelope.schemaUrl);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    // RESOURCE and SCOPE are both field 1.
    if (tag === RESOURCE) takeField(envelope.message, wire);
    else if (tag === SCHEMA_URL) takeField(envelope.schemaUrl, wire);
  }
}

function walkResource(walk: MetricWalk, wire: Wire, start: number, end: number): void {
  const { resource } = walk;
  findEnvelope(resource, wire, start, end);
  clearHash(resource.hash);
  addAttributes(resource.hash, wire, resource.message, RESOURCE_ATTRIBUTES);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== SCOPE_METRICS) continue;
    const after = wire.pos;
    walkScope(walk, wire, wire.start, after);
    wire.pos = after;
  }
}

const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);

function walkScope(walk: MetricWalk, wire: Wire, start: number, end: number): void {
  const { scope } = walk;
  findEnvelope(scope, wire, start, end);
  clearHash(scope.hash);
  addRange(scope.hash, wire, scope.message, SCOPE);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== METRICS) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    walkMetric(walk, wire, after);
    wire.pos = after;
  }
}

function walkMetric(walk: MetricWalk, wire: Wire, end: number): void {
  const { metric } = walk;
  clearRange(metric.name);
  clearRange(metric.description);
  clearRange(metric.unit);
  metric.kind = 0;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === NAME) takeField(metric.name, wire);
    else if (tag === DESCRIPTION) takeField(metric.description, wire);
    else if (tag === UNIT) takeField(metric.unit, wire);
    else if (SHAPES.has(tag)) {
      metric.kind = tag;
      takeField(metric.data, wire);
    }
  }
  const shape = SHAPES.get(metric.kind);
  if (shape === undefined) return;
  readData(walk, wire);
  hashMetric(walk, wire);
  for (const name of POINT_TABLES) walk.interned[name].metricName = -1;
  const { data } = metric;
  wire.pos = data.start;
  for (let tag = next(wire, data.end); tag !== 0; tag = next(wire, data.end)) {
    if (tag !== DATA_POINTS) continue;
    const after = wire.pos;
    takeField(walk.point.message, wire);
    walkPoint(walk, wire, shape);
    wire.pos = after;
  }
}

/** Reads what a metric's data says of all points. */
function readData({ metric }: MetricWalk, wire: Wire): void {
  const { data } = metric;
  metric.temporality = 0;
  metric.monotonic = false;
  wire.pos = data.start;
  for (let tag = next(wire, data.end); tag !== 0; tag = next(wire, data.end)) {
    if (tag === TEMPORALITY) metric.temporality = readUint32(wire);
    else if (tag === IS_MONOTONIC) metric.monotonic = readUint32(wire) !== 0;
  }
}

/** Everything that tells a series from others but its attributes. */
function hashMetric({ metric, resource, scope }: MetricWalk, wire: Wire): void {
  const { hash } = metric;
  clearHash(hash);
  addRange(hash, wire, metric.name, NAME);
  addRange(hash, wire, metric.unit, UNIT);
  addHash(hash, { low: metric.kind, high: metric.temporality * 2 + (metric.monotonic ? 1 : 0) }, TEMPORALITY);
  addHash(hash, resource.hash, RESOURCE_METRICS);
  addHash(hash, scope.hash, SCOPE_METRICS);
}

function walkPoint(walk: MetricWalk, wire: Wire, shape: PointShape): void {
  const { point, metric } = walk;
  const { message, hash } = point;
  clearNanos(point.start);
  clearNanos(point.time);
  point.flags = 0;
  point.attributesTag = shape.attributes;
  hash.low = metric.hash.low;
  hash.high = metric.hash.high;
  let exemplars = false;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === shape.attributes) {
      const after = wire.pos;
      addKeyValue(hash, wire, wire.start, after);
      wire.pos = after;
    } else if (tag === TIME) takeNanos(point.time, wire);
    else if (tag === START_TIME) takeNanos(point.start, wire);
    else if (tag === shape.flags) point.flags = readUint32(wire);
    else if (tag === shape.exemplars) exemplars = true;
  }
  noteSeries(walk, wire);
  shape.append(walk, wire);
  if (exemplars) appendExemplars(walk, wire, shape.exemplars);
  walk.points++;
}

/** Hold nothing between two calls. */
const pair = newKeyValue();
const pairHash = newHash();

function addKeyValue(hash: Hash, wire: Wire, start: number, end: number): void {
  readKeyValue(pair, wire, start, end);
  clearHash(pairHash);
  addRange(pairHash, wire, pair.key, 1);
  addRange(pairHash, wire, pair.value, 2);
  addHash(hash, pairHash, 3);
}

function addAttributes(hash: Hash, wire: Wire, message: Range, wanted: number): void {
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== wanted) continue;
    const after = wire.pos;
    addKeyValue(hash, wire, wire.start, after);
    wire.pos = after;
  }
}
