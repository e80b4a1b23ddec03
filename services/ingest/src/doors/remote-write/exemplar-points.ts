import { newNanos } from "@sightline/otlp/times";
import { FIXED64, readVarint64, tagOf, VARINT, type Wire } from "@sightline/otlp/wire";
import { begin, end, reserve, type WireWriter } from "@sightline/otlp/wire-writer";
import { writeLabel, writeLabelAttributes } from "./label-attributes.ts";
import { isNamed, type Labels, valueEnd, valueStart } from "./labels.ts";
import { exemplarKind } from "./metric-kind.ts";
import { type MetricsOut, openMetric } from "./metrics-out.ts";
import { writeFixed } from "./number-points.ts";
import type { Series } from "./series.ts";
import { setNanosOfMs } from "./times.ts";

/** Of Exemplar, v1 and v2 alike: tags. */
export const EXEMPLAR_VALUE = tagOf(2, FIXED64);
export const EXEMPLAR_TIMESTAMP = tagOf(3, VARINT);

/** Of all data points. */
const DATA_POINTS = 1;
const POINT_TIME_TAG = 0x19;
/** Of opentelemetry's Exemplar: tags. */
const TIME_TAG = 0x11;
const AS_DOUBLE_TAG = 0x19;
const SPAN_ID_TAG = 0x22;
const TRACE_ID_TAG = 0x2a;
const FILTERED_ATTRIBUTES_TAG = 0x3a;

/** An exemplar as it was read: its labels, and where its numbers are; -1: they are 0. */
export interface Exemplar {
  readonly labels: Labels;
  valueAt: number;
  timestampAt: number;
}

/** Holds nothing between two calls. */
const time = newNanos();

/**
 * Writes an exemplar in a data point that holds nothing else: senders send exemplars apart from samples. Its time may be
 * missing (v2): then it is when the request was received.
 */
export function writeExemplar(out: MetricsOut, series: Series, exemplar: Exemplar, wire: Wire): string | undefined {
  const { valueAt, timestampAt } = exemplar;
  time.low = 0;
  time.high = 0;
  if (timestampAt !== -1) {
    readVarint64(wire, timestampAt);
    const isUnset = wire.low === 0 && wire.high === 0;
    if (!isUnset && !setNanosOfMs(time, wire.low, wire.high)) return "got an exemplar's time that is not after 1970";
  }
  const kind = exemplarKind(series);
  openMetric(out, series, kind);
  const { writer } = out;
  const point = begin(writer, DATA_POINTS);
  writeLabelAttributes(writer, kind.attributes * 8 + 2, series.labels);
  writeFixed(writer, POINT_TIME_TAG, time.low, time.high);
  const message = begin(writer, kind.exemplars);
  writeExemplarLabels(writer, exemplar.labels);
  writeFixed(writer, TIME_TAG, time.low, time.high);
  if (valueAt === -1) writeFixed(writer, AS_DOUBLE_TAG, 0, 0);
  else writeFixed(writer, AS_DOUBLE_TAG, wire.view.getInt32(valueAt, true), wire.view.getInt32(valueAt + 4, true));
  end(writer, message);
  end(writer, point);
  return undefined;
}

const TRACE_ID = Buffer.from("trace_id");
const SPAN_ID = Buffer.from("span_id");

/**
 * `trace_id` and `span_id` in hex become what OTLP has for them (OpenTelemetry, "Prometheus and OpenMetrics
 * Compatibility"); all else, and ids that are none, stay attributes.
 */
function writeExemplarLabels(writer: WireWriter, labels: Labels): void {
  for (let label = 0; label < labels.count; label++) {
    if (isNamed(labels, label, TRACE_ID) && writeId(writer, TRACE_ID_TAG, labels, label)) continue;
    if (isNamed(labels, label, SPAN_ID) && writeId(writer, SPAN_ID_TAG, labels, label)) continue;
    writeLabel(writer, FILTERED_ATTRIBUTES_TAG, labels, label);
  }
}

/** Writes the id that a label is; false, with nothing written, when it is not one in hex. */
function writeId(writer: WireWriter, tag: number, labels: Labels, label: number): boolean {
  const size = tag === TRACE_ID_TAG ? 16 : 8;
  const { bytes } = labels;
  const start = valueStart(labels, label);
  if (valueEnd(labels, label) - start !== size * 2) return false;
  for (let at = start; at < start + size * 2; at++) if (hexDigit(bytes[at] ?? 0) === -1) return false;
  reserve(writer, size + 2);
  writer.bytes[writer.length++] = tag;
  writer.bytes[writer.length++] = size;
  for (let at = start; at < start + size * 2; at += 2) {
    writer.bytes[writer.length++] = hexDigit(bytes[at] ?? 0) * 16 + hexDigit(bytes[at + 1] ?? 0);
  }
  return true;
}

/** The value of a hex digit, given by its code; -1 when it is none. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
