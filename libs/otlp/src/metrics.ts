import { addBytes, addHash, clearHash, type Hash, setHash } from "./fingerprint.ts";
import { appendMetricMetadata } from "./metric-metadata.ts";
import {
  type AppendPoint,
  appendExemplars,
  appendExponentialHistogram,
  appendHistogram,
  appendNumber,
  appendSummary,
  endMetricPoints,
  hasNoCount,
  hasNoNumber,
  NO_RECORDED_VALUE,
} from "./metric-points.ts";
import {
  EXPONENTIAL_HISTOGRAM,
  endMetricSeries,
  endResourceSeries,
  endScopeSeries,
  GAUGE,
  HISTOGRAM,
  noteSeries,
  rememberSeries,
  SUM,
  SUMMARY,
} from "./metric-series.ts";
import { type MetricWalk, newMetricWalk } from "./metric-walk.ts";
import { clearRange, type Range, takeField } from "./range.ts";
import type { SeriesMemory } from "./series-memory.ts";
import { needsStatusAlias } from "./status-alias.ts";
import { readMillis, setMillis, setNanos } from "./times.ts";
import { createTranscoder, type MessageContext, type Transcoder } from "./transcoder.ts";
import { FIXED64, LENGTH, next, readUint32, tagOf, VARINT, type Wire } from "./wire.ts";

/** Of ExportMetricsServiceRequest, ResourceMetrics and ScopeMetrics. */
const RESOURCE_METRICS = tagOf(1, LENGTH);
const SCOPE_METRICS = tagOf(2, LENGTH);
const METRICS = tagOf(2, LENGTH);
/** Of both envelopes: the Resource or InstrumentationScope, and its schema. */
const MESSAGE = tagOf(1, LENGTH);
const SCHEMA_URL = tagOf(3, LENGTH);
/** Of Resource. */
const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);

/** Of Metric. */
const NAME = tagOf(1, LENGTH);
const DESCRIPTION = tagOf(2, LENGTH);
const UNIT = tagOf(3, LENGTH);
const METADATA = tagOf(12, LENGTH);
/** Of Gauge, Sum, Histogram, ExponentialHistogram and Summary. */
const DATA_POINTS = tagOf(1, LENGTH);
const TEMPORALITY = tagOf(2, VARINT);
const IS_MONOTONIC = tagOf(3, VARINT);
/** Of every data point, by number. */
const START_TIME = 2;
const TIME = 3;

/** What the parts of a fingerprint are salted with, so that a unit is not taken for a name. */
const SALT = { name: 1, unit: 2, kind: 3, resource: 4, scope: 5 } as const;

/** Where the kinds of points differ, and what makes rows of them. */
interface PointShape {
  readonly attributes: number;
  readonly flags: number;
  /** 0: these have none. */
  readonly exemplars: number;
  /** Whether a point has neither a value nor observations. */
  readonly isEmpty: (walk: MetricWalk, wire: Wire) => boolean;
  readonly append: AppendPoint;
}

const NUMBER: PointShape = {
  attributes: tagOf(7, LENGTH),
  flags: tagOf(8, VARINT),
  exemplars: tagOf(5, LENGTH),
  isEmpty: hasNoNumber,
  append: appendNumber,
};

const SHAPES: ReadonlyMap<number, PointShape> = new Map([
  [GAUGE, NUMBER],
  [SUM, NUMBER],
  [
    HISTOGRAM,
    {
      attributes: tagOf(9, LENGTH),
      flags: tagOf(10, VARINT),
      exemplars: tagOf(8, LENGTH),
      isEmpty: hasNoCount,
      append: appendHistogram,
    },
  ],
  [
    EXPONENTIAL_HISTOGRAM,
    {
      attributes: tagOf(1, LENGTH),
      flags: tagOf(10, VARINT),
      exemplars: tagOf(11, LENGTH),
      isEmpty: hasNoCount,
      append: appendExponentialHistogram,
    },
  ],
  [
    SUMMARY,
    { attributes: tagOf(7, LENGTH), flags: tagOf(8, VARINT), exemplars: 0, isEmpty: hasNoCount, append: appendSummary },
  ],
]);

/** A transcoder that may leave out the rows of series that are stored already. */
export interface MetricTranscoder extends Transcoder {
  /** To be called when the blocks were stored, before the reset: their series go into the memory. */
  stored(): void;
}

/**
 * Data points to rows of the metric tables. Each series of a batch gets one row of `metrics_series`, and its metric one of
 * `metrics_metadata`, except those that the memory knows; without a memory the same messages give the same blocks, with
 * one this holds for all other tables. Rows of these two may be written again at any time: they merge.
 */
export function createMetricTranscoder(memory?: SeriesMemory): MetricTranscoder {
  const walk = newMetricWalk(memory);
  const { tables } = walk;
  const transcoder = createTranscoder({
    tables: [
      ["metrics_series", tables.metrics_series],
      ["metrics_samples", tables.metrics_samples],
      ["metrics_histograms", tables.metrics_histograms],
      ["metrics_exponential_histograms", tables.metrics_exponential_histograms],
      ["metrics_summaries", tables.metrics_summaries],
      ["metrics_exemplars", tables.metrics_exemplars],
      ["metrics_metadata", tables.metrics_metadata],
    ],
    records: () =>
      walk.emptyPoints +
      tables.metrics_samples.rows +
      tables.metrics_histograms.rows +
      tables.metrics_exponential_histograms.rows +
      tables.metrics_summaries.rows,
    walk(wire, end, context) {
      begin(walk, context);
      walkRequest(walk, wire, end);
    },
    shrunk: () => {
      walk.series.truncate(tables.metrics_series.rows);
      walk.emptyPoints = tables.metrics_exemplars.rows === 0 ? 0 : walk.emptyPointsBefore;
    },
  });
  return { ...transcoder, stored: () => rememberSeries(walk) };
}

function begin(walk: MetricWalk, context: MessageContext): void {
  const { tenant, receivedUnixNano } = context;
  setNanos(walk.received, receivedUnixNano);
  walk.tenant = tenant;
  walk.emptyPointsBefore = walk.emptyPoints;
  const name = Buffer.from(tenant);
  clearHash(walk.tenantHash);
  addBytes(walk.tenantHash, new DataView(name.buffer, name.byteOffset, name.length), 0, name.length);
}

function walkRequest(walk: MetricWalk, wire: Wire, end: number): void {
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== RESOURCE_METRICS) continue;
    const after = wire.pos;
    walkResource(walk, wire, wire.start, after);
    wire.pos = after;
  }
}

/**
 * Finds what an envelope says of all in it. Other than with spans and log records this is done first, since it is part
 * of the identity of the series.
 */
function findEnvelope(envelope: { message: Range; schemaUrl: Range }, wire: Wire, start: number, end: number): void {
  clearRange(envelope.message);
  clearRange(envelope.schemaUrl);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === MESSAGE) takeField(envelope.message, wire);
    else if (tag === SCHEMA_URL) takeField(envelope.schemaUrl, wire);
  }
}

function walkResource(walk: MetricWalk, wire: Wire, start: number, end: number): void {
  const { resource } = walk;
  findEnvelope(resource, wire, start, end);
  clearHash(resource.hash);
  wire.pos = resource.message.start;
  for (let tag = next(wire, resource.message.end); tag !== 0; tag = next(wire, resource.message.end)) {
    if (tag === RESOURCE_ATTRIBUTES) addBytes(resource.hash, wire.view, wire.start, wire.pos);
  }
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== SCOPE_METRICS) continue;
    const after = wire.pos;
    walkScope(walk, wire, wire.start, after);
    wire.pos = after;
  }
  endResourceSeries(walk, wire);
}

function walkScope(walk: MetricWalk, wire: Wire, start: number, end: number): void {
  const { scope } = walk;
  findEnvelope(scope, wire, start, end);
  clearHash(scope.hash);
  addBytes(scope.hash, wire.view, scope.message.start, scope.message.end);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== METRICS) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    walkMetric(walk, wire, after);
    wire.pos = after;
  }
  endScopeSeries(walk, wire);
}

function walkMetric(walk: MetricWalk, wire: Wire, end: number): void {
  const { metric } = walk;
  const start = wire.pos;
  clearRange(metric.name);
  clearRange(metric.description);
  clearRange(metric.unit);
  metric.hasMetadata = false;
  metric.kind = 0;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === NAME) takeField(metric.name, wire);
    else if (tag === DESCRIPTION) takeField(metric.description, wire);
    else if (tag === UNIT) takeField(metric.unit, wire);
    else if (tag === METADATA) metric.hasMetadata = true;
    else if (SHAPES.has(tag)) {
      metric.kind = tag;
      takeField(metric.data, wire);
    }
  }
  const shape = SHAPES.get(metric.kind);
  if (shape === undefined) return;
  readData(walk, wire);
  hashMetric(walk, wire);
  metric.needsStatusAlias = needsStatusAlias(wire, metric.name);
  const { data } = metric;
  let points = 0;
  wire.pos = data.start;
  for (let tag = next(wire, data.end); tag !== 0; tag = next(wire, data.end)) {
    if (tag !== DATA_POINTS) continue;
    const after = wire.pos;
    walkPoint(walk, wire, shape);
    wire.pos = after;
    points++;
  }
  const newSeries = endMetricSeries(walk, wire);
  if (metric.hasMetadata && (newSeries > 0 || points === 0)) appendMetricMetadata(walk, wire, { start, end });
  endMetricPoints(walk, wire);
}

/** Reads what a metric's data says of all its points. */
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

/** The hash of everything that tells a series from others but its attributes. */
function hashMetric({ metric, resource, scope, part }: MetricWalk, wire: Wire): void {
  const { hash } = metric;
  clearHash(hash);
  addPart(hash, wire, metric.name, { part, salt: SALT.name });
  addPart(hash, wire, metric.unit, { part, salt: SALT.unit });
  addHash(hash, { low: metric.kind, high: metric.temporality * 2 + (metric.monotonic ? 1 : 0) }, SALT.kind);
  addHash(hash, resource.hash, SALT.resource);
  addHash(hash, scope.hash, SALT.scope);
}

function addPart(hash: Hash, wire: Wire, range: Range, { part, salt }: { part: Hash; salt: number }): void {
  clearHash(part);
  addBytes(part, wire.view, range.start, range.end);
  addHash(hash, part, salt);
}

/** Walks the data point that the wire stands on. */
function walkPoint(walk: MetricWalk, wire: Wire, shape: PointShape): void {
  const { point, metric, received } = walk;
  const { fixed, hash } = point;
  const { pos: end } = wire;
  takeField(point.message, wire);
  fixed.fill(0);
  point.flags = 0;
  point.attributesTag = shape.attributes;
  setHash(hash, metric.hash);
  let exemplars = false;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === shape.attributes) addBytes(hash, wire.view, wire.start, wire.pos);
    else if ((tag & 7) === FIXED64) fixed[tag >>> 3] = wire.start;
    else if (tag === shape.flags) point.flags = readUint32(wire);
    else if (tag === shape.exemplars) exemplars = true;
  }
  readMillis(point.start, wire, fixed[START_TIME] ?? 0);
  readMillis(point.time, wire, fixed[TIME] ?? 0);
  if (point.time.low === 0 && point.time.high === 0) setMillis(point.time, received.low, received.high);
  noteSeries(walk, wire);
  if (exemplars) {
    // An empty point is there for its exemplars alone: remote write sends them apart.
    if ((point.flags & NO_RECORDED_VALUE) === 0 && shape.isEmpty(walk, wire)) walk.emptyPoints++;
    else shape.append(walk, wire);
    appendExemplars(walk, wire, shape.exemplars);
  } else {
    shape.append(walk, wire);
  }
}
