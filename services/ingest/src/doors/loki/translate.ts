import { AppError, invalid } from "@sightline/errors/app-error";
import { logTime } from "@sightline/logs/log-time";
import type { RecordLimits } from "@sightline/otlp/validate";
import { LENGTH, next, openWire, readVarint64, tagOf, VARINT, type Wire } from "@sightline/otlp/wire";
import { z } from "zod";
import type { LogPart } from "../../receive/log-parts.ts";
import { type Labels, parseLabels } from "./stream-labels.ts";
import { createStreamRecords, type Entry, type StreamRecords } from "./stream-records.ts";

/** logproto.PushRequest (Loki `pkg/push/push.proto`) or what `pkg/loghttp/push` reads of JSON. */
export type PushFormat = "protobuf" | "json";

/**
 * The lines of a push request as log records, a part at a time; places are entries from 1. A stream with labels that
 * cannot be read is refused with all its entries. Throws `invalid_argument` when the request itself cannot be read.
 */
export function translatePush(body: Buffer, format: PushFormat, limits: RecordLimits): Generator<LogPart> {
  return format === "json" ? translateJson(body, limits) : translateProtobuf(body, limits);
}

const STREAMS = tagOf(1, LENGTH);
const LABELS = tagOf(1, LENGTH);
const ENTRIES = tagOf(2, LENGTH);
const TIMESTAMP = tagOf(1, LENGTH);
const LINE = tagOf(2, LENGTH);
const METADATA = tagOf(3, LENGTH);
const SECONDS = tagOf(1, VARINT);
const NANOS = tagOf(2, VARINT);
const NAME = tagOf(1, LENGTH);
const VALUE = tagOf(2, LENGTH);

function* translateProtobuf(body: Buffer, limits: RecordLimits): Generator<LogPart> {
  const wire = openWire(body);
  const records = createStreamRecords(limits);
  let place = 0;
  for (let tag = next(wire, body.length); tag !== 0; tag = next(wire, body.length)) {
    if (tag !== STREAMS) continue;
    const after = wire.pos;
    const { start } = wire;
    const refusal = openStream(records, labelsOf(wire, body, after));
    wire.pos = start;
    for (let inner = next(wire, after); inner !== 0; inner = next(wire, after)) {
      if (inner !== ENTRIES) continue;
      place += 1;
      const end = wire.pos;
      if (refusal === "") records.add(readEntry(wire, body, place));
      else records.refuse(place, refusal);
      wire.pos = end;
      if (records.isFull()) yield records.take();
    }
  }
  yield records.take();
}

/** The labels of the stream at hand, which may stand before or behind its entries. */
function labelsOf(wire: Wire, body: Buffer, end: number): string {
  let labels = "";
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === LABELS) labels = body.toString("utf8", wire.start, wire.pos);
  }
  return labels;
}

/** Why the stream's entries cannot be taken; "" when they can. */
function openStream(records: StreamRecords, labels: string): string {
  try {
    records.stream(parseLabels(labels));
    return "";
  } catch (thrown) {
    return AppError.from(thrown).message;
  }
}

function readEntry(wire: Wire, body: Buffer, place: number): Entry {
  const end = wire.pos;
  const metadata: [string, string][] = [];
  let timeUnixNano = 0n;
  let line = "";
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const after = wire.pos;
    if (tag === TIMESTAMP) timeUnixNano = readTimestamp(wire);
    else if (tag === LINE) line = body.toString("utf8", wire.start, after);
    else if (tag === METADATA) metadata.push(readPair(wire, body));
    wire.pos = after;
  }
  return { place, timeUnixNano, line, metadata };
}

/** google.protobuf.Timestamp. What lies before 1970 is no time of a log: unset. */
function readTimestamp(wire: Wire): bigint {
  const end = wire.pos;
  let seconds = 0;
  let nanos = 0;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== SECONDS && tag !== NANOS) continue;
    readVarint64(wire, wire.start);
    if (tag === NANOS) nanos = wire.low >>> 0;
    else seconds = wire.high * 2 ** 32 + (wire.low >>> 0);
  }
  if (seconds < 0 || seconds > MOST_SECONDS || nanos > 999_999_999) return 0n;
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

/** Where signed nanoseconds end, in 2262. */
const MOST_SECONDS = 9_223_372_035;

function readPair(wire: Wire, body: Buffer): [string, string] {
  const end = wire.pos;
  let name = "";
  let value = "";
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === NAME) name = body.toString("utf8", wire.start, wire.pos);
    else if (tag === VALUE) value = body.toString("utf8", wire.start, wire.pos);
  }
  return [name, value];
}

const texts = z.record(z.string(), z.string());
const value = z.union([
  z.tuple([z.string(), z.string()]),
  z.tuple([z.string(), z.string(), texts.nullable().transform((metadata) => metadata ?? {})]),
]);
/** The present form, and that of `/api/prom/push`. */
const stream = z.union([
  z.object({ stream: texts, values: z.array(value) }),
  z.object({ labels: z.string(), entries: z.array(z.object({ ts: z.string(), line: z.string() })) }),
]);
const push = z.object({ streams: z.array(z.unknown()).nullish() });

function* translateJson(body: Buffer, limits: RecordLimits): Generator<LogPart> {
  if (body.length === 0) return;
  const records = createStreamRecords(limits);
  let place = 0;
  for (const [at, given] of (parsePush(body).streams ?? []).entries()) {
    const read = stream.safeParse(given);
    if (!read.success) throw invalid(`cannot read the push request: streams[${at}]: ${z.prettifyError(read.error)}`);
    const { data } = read;
    const refusal = "stream" in data ? "" : openStream(records, data.labels);
    if ("stream" in data) records.stream(Object.entries(data.stream));
    for (const entry of "stream" in data ? data.values.map(entryOfValue) : data.entries.map(entryOfLegacy)) {
      place += 1;
      if (refusal === "") records.add({ ...entry, place });
      else records.refuse(place, refusal);
      if (records.isFull()) yield records.take();
    }
  }
  yield records.take();
}

function parsePush(body: Buffer): z.output<typeof push> {
  try {
    return push.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw invalid(`cannot read the push request: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function entryOfValue([time, line, metadata = {}]: z.output<typeof value>): Omit<Entry, "place"> {
  if (!/^\d{1,19}$/.test(time)) {
    throw invalid(`cannot read the push request: got the time ${time.slice(0, 40)}, want nanoseconds as text`);
  }
  return { timeUnixNano: BigInt(time), line, metadata: Object.entries(metadata) };
}

function entryOfLegacy({ ts, line }: { ts: string; line: string }): Omit<Entry, "place"> {
  const timeUnixNano = logTime(ts);
  if (timeUnixNano === undefined) {
    throw invalid(`cannot read the push request: got the time ${ts.slice(0, 40)}, want RFC 3339`);
  }
  return { timeUnixNano, line, metadata: NO_LABELS };
}

const NO_LABELS: Labels = [];
