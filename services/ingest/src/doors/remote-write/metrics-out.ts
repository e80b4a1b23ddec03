import { newRange, type Range } from "@sightline/otlp/range";
import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeBytesField,
  writeStringField,
  writeVarintField,
} from "@sightline/otlp/wire-writer";
import { type Labels, valueEnd, valueStart } from "./labels.ts";
import { GAUGE, type MetricKind, TYPES } from "./metric-kind.ts";
import type { Series } from "./series.ts";

/** Of ExportMetricsServiceRequest, ResourceMetrics, Resource, ScopeMetrics. */
const RESOURCE_METRICS = 1;
const RESOURCE = 1;
const RESOURCE_ATTRIBUTES = 1;
const SCOPE_METRICS = 2;
const METRICS = 2;
/** Of Metric. */
const NAME = 1;
const DESCRIPTION = 2;
const UNIT = 3;
const METADATA = 12;
/** Of the data of sums and histograms. */
const TEMPORALITY = 2;
const IS_MONOTONIC = 3;
/** Of KeyValue and AnyValue. */
const KEY = 1;
const VALUE = 2;
const STRING_VALUE = 1;

/**
 * An ExportMetricsServiceRequest that is being written. A resource or metric stays open as long as series of it follow
 * each other, as they do in what Prometheus sends: then a sample costs no more than its data point.
 */
export interface MetricsOut {
  readonly bytes: Uint8Array;
  readonly writer: WireWriter;
  /** Where the lengths of the open messages are; -1: none is open. */
  resourceAt: number;
  scopeAt: number;
  metricAt: number;
  dataAt: number;
  /** What they are of: places in the request's bytes. */
  readonly job: Range;
  readonly instance: Range;
  readonly name: Range;
  readonly help: Range;
  readonly unit: Range;
  type: number;
  kind: MetricKind | undefined;
}

/** @param bytes of the request that is translated */
export function newMetricsOut(bytes: Uint8Array, maxBytes: number): MetricsOut {
  return {
    bytes,
    writer: openWriter(maxBytes),
    resourceAt: -1,
    scopeAt: -1,
    metricAt: -1,
    dataAt: -1,
    job: newRange(),
    instance: newRange(),
    name: newRange(),
    help: newRange(),
    unit: newRange(),
    type: 0,
    kind: undefined,
  };
}

/** Makes sure that what is written next are data points of the series' metric in its resource. */
export function openMetric(out: MetricsOut, series: Series, kind: MetricKind): void {
  const { labels } = series;
  if (
    out.resourceAt === -1 ||
    !isSame(out, out.job, labels, labels.job) ||
    !isSame(out, out.instance, labels, labels.instance)
  ) {
    closeResource(out);
    openResource(out, labels);
  } else if (
    out.kind === kind &&
    out.type === series.type &&
    isSame(out, out.name, labels, labels.name) &&
    equalRanges(out.bytes, out.help, series.help.start, series.help.end) &&
    equalRanges(out.bytes, out.unit, series.unit.start, series.unit.end)
  ) {
    return;
  } else {
    closeMetric(out);
  }
  const { writer, name, help, unit } = out;
  set(name, valueStart(labels, labels.name), valueEnd(labels, labels.name));
  set(help, series.help.start, series.help.end);
  set(unit, series.unit.start, series.unit.end);
  out.type = series.type;
  out.kind = kind;
  out.metricAt = begin(writer, METRICS);
  writeDescription(out, series.hasMetadata ? (TYPES[series.type] ?? "unknown") : undefined);
  out.dataAt = begin(writer, kind.data);
  if (kind.temporality !== 0) writeVarintField(writer, TEMPORALITY, kind.temporality);
  if (kind.isMonotonic) writeVarintField(writer, IS_MONOTONIC, 1);
}

/** What a sender knows of a metric. */
export interface Metadata {
  readonly name: Range;
  readonly help: Range;
  readonly unit: Range;
  /** A number of MetricType. */
  readonly type: number;
}

/** Writes what is known of a metric and nothing of its points: a Metric whose data are empty. Not to be mixed with others. */
export function writeMetadata(out: MetricsOut, { name, help, unit, type }: Metadata): void {
  const { writer } = out;
  if (out.resourceAt === -1) {
    out.resourceAt = begin(writer, RESOURCE_METRICS);
    out.scopeAt = begin(writer, SCOPE_METRICS);
  }
  set(out.name, name.start, name.end);
  set(out.help, help.start, help.end);
  set(out.unit, unit.start, unit.end);
  const metric = begin(writer, METRICS);
  writeDescription(out, TYPES[type] ?? "unknown");
  end(writer, begin(writer, GAUGE.data));
  end(writer, metric);
}

/** Writes the fields of Metric that the ranges name, unit and help stand for. */
function writeDescription(out: MetricsOut, type: string | undefined): void {
  const { writer, bytes, name, help, unit } = out;
  writeBytesField(writer, NAME, bytes.subarray(name.start, name.end));
  if (help.end > help.start) writeBytesField(writer, DESCRIPTION, bytes.subarray(help.start, help.end));
  if (unit.end > unit.start) writeBytesField(writer, UNIT, bytes.subarray(unit.start, unit.end));
  if (type !== undefined) writeText(writer, METADATA, "prometheus.type", Buffer.from(type));
}

/** The bytes of the whole request; nothing more is to be written. */
export function closeMetricsOut(out: MetricsOut): Buffer {
  closeResource(out);
  return out.writer.bytes.subarray(0, out.writer.length);
}

function closeMetric(out: MetricsOut): void {
  if (out.metricAt === -1) return;
  end(out.writer, out.dataAt);
  end(out.writer, out.metricAt);
  out.metricAt = -1;
}

function closeResource(out: MetricsOut): void {
  closeMetric(out);
  if (out.resourceAt === -1) return;
  end(out.writer, out.scopeAt);
  end(out.writer, out.resourceAt);
  out.resourceAt = -1;
}

/**
 * `job` and `instance` say which service a series is of (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). They
 * stay among the series' own labels too, so that these are its attributes and nothing else.
 */
function openResource(out: MetricsOut, labels: Labels): void {
  const { writer, bytes, job, instance } = out;
  set(job, valueStart(labels, labels.job), valueEnd(labels, labels.job));
  set(instance, valueStart(labels, labels.instance), valueEnd(labels, labels.instance));
  out.resourceAt = begin(writer, RESOURCE_METRICS);
  const resource = begin(writer, RESOURCE);
  if (job.end > job.start) writeService(writer, bytes.subarray(job.start, job.end));
  if (instance.end > instance.start) {
    writeText(writer, RESOURCE_ATTRIBUTES, "service.instance.id", bytes.subarray(instance.start, instance.end));
  }
  end(writer, resource);
  out.scopeAt = begin(writer, SCOPE_METRICS);
}

const SLASH = 0x2f;

/** A job of the form `<namespace>/<name>` has both. */
function writeService(writer: WireWriter, job: Uint8Array): void {
  const slash = job.indexOf(SLASH);
  const isTwo = slash > 0 && slash < job.length - 1 && job.indexOf(SLASH, slash + 1) === -1;
  writeText(writer, RESOURCE_ATTRIBUTES, "service.name", isTwo ? job.subarray(slash + 1) : job);
  if (isTwo) writeText(writer, RESOURCE_ATTRIBUTES, "service.namespace", job.subarray(0, slash));
}

/** A KeyValue of a string. */
function writeText(writer: WireWriter, field: number, key: string, text: Uint8Array): void {
  const pair = begin(writer, field);
  writeStringField(writer, KEY, key);
  const value = begin(writer, VALUE);
  writeBytesField(writer, STRING_VALUE, text);
  end(writer, value);
  end(writer, pair);
}

function set(range: Range, start: number, to: number): void {
  range.start = start;
  range.end = to;
}

/** Whether a label's value is what the range says; a missing label is an empty range. */
function isSame(out: MetricsOut, range: Range, labels: Labels, label: number): boolean {
  return equalRanges(out.bytes, range, valueStart(labels, label), valueEnd(labels, label));
}

function equalRanges(bytes: Uint8Array, range: Range, start: number, to: number): boolean {
  if (range.start === start && range.end === to) return true;
  if (range.end - range.start !== to - start) return false;
  // From the end: names and instances differ there.
  for (let a = range.end - 1, b = to - 1; b >= start; a--, b--) if (bytes[a] !== bytes[b]) return false;
  return true;
}
