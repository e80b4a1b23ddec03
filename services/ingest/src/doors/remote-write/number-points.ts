import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import { newNanos } from "@sightline/otlp/times";
import { next, readVarint64, type Wire } from "@sightline/otlp/wire";
import { begin, end, reserve, type WireWriter, writeVarintField } from "@sightline/otlp/wire-writer";
import { writeLabelAttributes } from "./label-attributes.ts";
import { sampleKind } from "./metric-kind.ts";
import { type MetricsOut, openMetric } from "./metrics-out.ts";
import type { Series } from "./series.ts";
import { setNanosOfMs } from "./times.ts";

/** Of Sample, v1 and v2 alike: tags. */
const VALUE = 0x09;
const TIMESTAMP = 0x10;
const START_TIMESTAMP = 0x18;

/** Of NumberDataPoint: tags, and numbers. */
const DATA_POINTS = 1;
const ATTRIBUTES_TAG = 0x3a;
const START_TIME_TAG = 0x11;
const TIME_TAG = 0x19;
const AS_DOUBLE_TAG = 0x21;
const FLAGS = 8;

/** The stale marker's bits (prometheus model/value, StaleNaN), in two halves. */
export const STALE_LOW = 2;
export const STALE_HIGH = 0x7ff00000;

/** Hold nothing between two calls. */
const time = newNanos();
const start = newNanos();

/**
 * Writes the Sample from `from` to `to` as a data point of its series. The value's bits are copied: NaN has payloads that
 * mean something. Answers what is wrong with it; undefined when nothing is, and it was written.
 */
export function writeSample(out: MetricsOut, series: Series, wire: Wire, to: number): string | undefined {
  let valueAt = -1;
  let timestampAt = -1;
  start.low = series.start.low;
  start.high = series.start.high;
  for (let tag = next(wire, to); tag !== 0; tag = next(wire, to)) {
    if (tag === VALUE) valueAt = wire.start;
    else if (tag === TIMESTAMP) timestampAt = wire.start;
    else if (tag === START_TIMESTAMP) {
      readVarint64(wire, wire.start);
      setNanosOfMs(start, wire.low, wire.high);
    }
  }
  if (timestampAt !== -1) readVarint64(wire, timestampAt);
  if (timestampAt === -1 || !setNanosOfMs(time, wire.low, wire.high)) return timeProblem(wire, timestampAt);
  openMetric(out, series, sampleKind(series));
  const { writer } = out;
  const point = begin(writer, DATA_POINTS);
  writeLabelAttributes(writer, ATTRIBUTES_TAG, series.labels);
  if ((start.low | start.high) !== 0) writeFixed(writer, START_TIME_TAG, start.low, start.high);
  writeFixed(writer, TIME_TAG, time.low, time.high);
  // A value of 0 is left out on the wire.
  const low = valueAt === -1 ? 0 : wire.view.getInt32(valueAt, true);
  const high = valueAt === -1 ? 0 : wire.view.getInt32(valueAt + 4, true);
  writeFixed(writer, AS_DOUBLE_TAG, low, high);
  if (high === STALE_HIGH && low === STALE_LOW) writeVarintField(writer, FLAGS, POINT_FLAGS.noRecordedValue);
  end(writer, point);
  return undefined;
}

/** What is wrong with the time whose varint is at `at`; -1: there is none. */
export function timeProblem(wire: Wire, at: number): string {
  if (at === -1) return "got a sample at 0 ms, want a time after 1970";
  readVarint64(wire, at);
  const ms = wire.high * 4_294_967_296 + (wire.low >>> 0);
  return `got a sample at ${ms} ms, want a time between 1970 and 2262`;
}

/** A field of 8 bytes, from two halves. */
export function writeFixed(writer: WireWriter, tag: number, low: number, high: number): void {
  reserve(writer, 9);
  const { bytes, view, length } = writer;
  bytes[length] = tag;
  view.setInt32(length + 1, low, true);
  view.setInt32(length + 5, high, true);
  writer.length = length + 9;
}
