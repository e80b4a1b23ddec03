import { randomFillSync } from "node:crypto";
import { generateLogs, generateMetrics, generateTraces, type Load } from "@sightline/otlp/testing/generate";
import { createMarker, FRAME_HEAD, type Frame, frameOf, mix, writeTime } from "./frame.ts";
import { endsOf, type FieldPath, placesOf } from "./places.ts";

export interface FrameOptions {
  /** Which frame: each has records of its own. */
  readonly index: number;
  /** Records in each request. */
  readonly records: number;
  /** Which run of the load this is. */
  readonly run: number;
  readonly nowUnixNano: bigint;
}

export type MakeFrame = (options: FrameOptions) => Frame;

/** What one sender of the many behind a collector has sent it: a request is these one after the other, which is their merge. */
const RECORDS_PER_RESOURCE = 512;
const NANOS_PER_SECOND = 1_000_000_000;

/** Spans of an instrumented shop, some 470 bytes each; the span id is the mark, and five spans a trace. */
export function traceFrame(options: FrameOptions): Frame {
  const bytes = framed(generateTraces, options);
  const places = placesIn(bytes, [1, 2, 2]);
  const [traceIds, spanIds, starts, ends] = [places(1), places(2), places(7), places(8)];
  const marker = createMarker(options.run);
  const { records } = options;
  const traces = Buffer.alloc(Math.ceil(records / 5) * 16);
  return {
    bytes,
    records,
    stamp: (firstSequence, now) => {
      randomFillSync(traces);
      for (let at = 0; at < records; at++) {
        marker.write(bytes, spanIds[at] ?? 0, firstSequence + at);
        const trace = Math.floor(at / 5) * 16;
        bytes.set(traces.subarray(trace, trace + 16), traceIds[at] ?? 0);
        const agoNanos = agoOf(at);
        writeTime(bytes, starts[at] ?? 0, now, agoNanos);
        writeTime(bytes, ends[at] ?? 0, now, agoNanos >>> 1);
      }
    },
  };
}

/**
 * Log records of 532 bytes. Their bodies of 300 bytes are lines of text from templates in which method, route, user,
 * outcome, duration and three or four counts vary, some 9 bytes of information, and end in the mark, 8 bytes that no
 * other record has. Half of the records are of a trace, five of each, and every one of these of a span of its own: 5.6 bytes a
 * record on average that nothing makes smaller. With 4.4 bytes of attributes and 3 of time and id a record cannot take
 * less than 30 bytes, an eighteenth of what it is on the wire.
 */
export function logFrame(options: FrameOptions): Frame {
  const bytes = framed((load) => generateLogs({ ...load, bodyBytes: 300 }), options);
  const places = placesIn(bytes, [1, 2, 2]);
  const [times, observed, traceIds, spanIds] = [places(1), places(11), places(9), places(10)];
  const bodies = endsOf(bytes.subarray(FRAME_HEAD), [1, 2, 2, 5, 1]).map((end) => end + FRAME_HEAD);
  const marker = createMarker(options.run);
  const { records } = options;
  const traces = Buffer.alloc(Math.ceil(traceIds.length / 5) * 16);
  const spans = Buffer.alloc(spanIds.length * 8);
  return {
    bytes,
    records,
    stamp: (firstSequence, now) => {
      randomFillSync(traces);
      randomFillSync(spans);
      for (const [at, place] of traceIds.entries()) {
        const trace = Math.floor(at / 5) * 16;
        bytes.set(traces.subarray(trace, trace + 16), place);
      }
      for (const [at, place] of spanIds.entries()) bytes.set(spans.subarray(at * 8, at * 8 + 8), place);
      for (let at = 0; at < records; at++) {
        marker.writeHex(bytes, (bodies[at] ?? 0) - 17, firstSequence + at);
        writeTime(bytes, times[at] ?? 0, now, agoOf(at));
        writeTime(bytes, observed[at] ?? 0, now, agoOf(at) >>> 1);
      }
    },
  };
}

/**
 * Data points of series that are the same in every request, some 175 bytes each: counters, gauges and histograms. What
 * tells them apart is series and time, so every request must be a millisecond behind the one before.
 */
export function metricFrame(options: FrameOptions): Frame {
  const bytes = framed(generateMetrics, options);
  const times = placesIn(bytes, [1, 2, 2, [5, 7, 9], 1])(3);
  const gauges = placesIn(bytes, [1, 2, 2, 5, 1])(4);
  const counters = placesIn(bytes, [1, 2, 2, 7, 1])(4);
  let sent = 0;
  return {
    bytes,
    records: times.length,
    stamp: (_firstSequence, now) => {
      sent += 1;
      for (const place of times) writeTime(bytes, place, now, 0);
      // Counters count, by a number of their own each; gauges go up and down.
      for (const [at, place] of counters.entries()) add(bytes, place, below(7, at, sent));
      for (const [at, place] of gauges.entries()) add(bytes, place, (below(13, at, sent) - 6) / 8);
    },
  };
}

/** A number that looks random, from 0 to below a limit. */
function below(limit: number, at: number, sent: number): number {
  return (mix(at ^ Math.imul(sent, 0x9e3779b1)) >>> 0) % limit;
}

function add(bytes: Buffer, place: number, value: number): void {
  bytes.writeDoubleLE(bytes.readDoubleLE(place) + value, place);
}

function framed(generate: (load: Load) => Uint8Array[], { index, records, nowUnixNano }: FrameOptions): Buffer {
  const requests = Math.ceil(records / RECORDS_PER_RESOURCE);
  const perRequest = Math.ceil(records / requests);
  const parts: Uint8Array[] = [];
  for (let left = records; left > 0; left -= perRequest) {
    const [part] = generate({
      seed: index * 1009 + parts.length,
      requests: 1,
      records: Math.min(left, perRequest),
      nowUnixNano,
    });
    if (part !== undefined) parts.push(part);
  }
  return frameOf(Buffer.concat(parts));
}

/** Finds the fields of records: all that have the number, below the path. */
function placesIn(bytes: Buffer, path: FieldPath): (field: number) => number[] {
  const request = bytes.subarray(FRAME_HEAD);
  return (field) => placesOf(request, [...path, field]).map((place) => place + FRAME_HEAD);
}

/** How long before its sending a record began: within a second, as batches do, the same for each place in a request. */
function agoOf(at: number): number {
  return (Math.imul(at, 2_654_435_761) >>> 0) % NANOS_PER_SECOND;
}
