import type { Steps } from "../steps.ts";
import {
  malformed,
  readBool,
  readBytes,
  readDouble,
  readFieldId,
  readI32,
  readI64,
  readStruct,
  readStructs,
  readStructsInSteps,
  readText,
  readType,
  skip,
  THRIFT,
  type ThriftReader,
} from "./thrift-reader.ts";

// The structs of jaegertracing/jaeger-idl `thrift/jaeger.thrift`. Lists are not read with what holds them: one knows where
// they begin, so that the objects of a request never take more memory than its bytes.

/** Where a list begins in the message; undefined when there is none. */
export type ListAt = number | undefined;

export interface Batch {
  readonly serviceName: Buffer;
  readonly processTags: ListAt;
  readonly spans: ListAt;
}

export interface Span {
  readonly traceIdLow: bigint;
  readonly traceIdHigh: bigint;
  readonly spanId: bigint;
  readonly parentSpanId: bigint;
  readonly operationName: Buffer;
  readonly flags: number;
  /** Microseconds since the Unix epoch. */
  readonly startTime: bigint;
  /** Microseconds. */
  readonly duration: bigint;
  readonly references: ListAt;
  readonly tags: ListAt;
  readonly logs: ListAt;
}

export interface SpanRef {
  readonly kind: "child of" | "follows from";
  readonly traceIdLow: bigint;
  readonly traceIdHigh: bigint;
  readonly spanId: bigint;
}

export interface Log {
  /** Microseconds since the Unix epoch. */
  readonly timestamp: bigint;
  readonly fields: ListAt;
}

export type TagValue =
  | { readonly kind: "string"; readonly value: Buffer }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "long"; readonly value: bigint }
  | { readonly kind: "binary"; readonly value: Buffer };

export type Tag = TagValue & { readonly key: string };

/** Reads a Batch, which is the whole message; its spans are passed over. */
export function* readBatch(reader: ThriftReader): Steps<Batch> {
  let process: Process | undefined;
  let spans: ListAt;
  for (let type = readType(reader); type !== THRIFT.stop; type = readType(reader)) {
    const id = readFieldId(reader);
    if (id === 1 && type === THRIFT.struct) process = readProcess(reader);
    else if (id === 2 && type === THRIFT.list) {
      spans = reader.at;
      yield* readStructsInSteps(reader, () => skip(reader, THRIFT.struct, 0));
    } else skip(reader, type, 0);
  }
  if (process === undefined) throw malformed(reader, "got a batch without its process, which ends");
  return { ...process, spans };
}

type Process = Pick<Batch, "serviceName" | "processTags">;

function readProcess(reader: ThriftReader): Process {
  let serviceName: Buffer = Buffer.alloc(0);
  let processTags: ListAt;
  readStruct(reader, (id, type) => {
    if (id === 1 && type === THRIFT.string) {
      serviceName = readBytes(reader);
      return true;
    }
    if (id === 2 && type === THRIFT.list) processTags = reader.at;
    return false;
  });
  return { serviceName, processTags };
}

/** Calls `take` for each span of a batch, in order. */
export function* forEachSpan(bytes: Buffer, spans: ListAt, take: (span: Span) => void): Steps<void> {
  if (spans === undefined) return;
  const reader: ThriftReader = { bytes, at: spans };
  yield* readStructsInSteps(reader, () => take(readSpan(reader)));
}

function readSpan(reader: ThriftReader): Span {
  const noName: Buffer = Buffer.alloc(0);
  const span = {
    ...{ traceIdLow: 0n, traceIdHigh: 0n, spanId: 0n, parentSpanId: 0n, startTime: 0n, duration: 0n },
    operationName: noName,
    flags: 0,
    lists: new Map<number, number>(),
  };
  readStruct(reader, (id, type) => {
    const long = LONGS[id];
    if (long !== undefined && type === THRIFT.i64) span[long] = readI64(reader);
    else if (id === 5 && type === THRIFT.string) span.operationName = readBytes(reader);
    else if (id === 7 && type === THRIFT.i32) span.flags = readI32(reader);
    else {
      if (type === THRIFT.list) span.lists.set(id, reader.at);
      return false;
    }
    return true;
  });
  const { lists, ...fields } = span;
  return { ...fields, references: lists.get(6), tags: lists.get(10), logs: lists.get(11) };
}

const LONGS: Readonly<
  Record<number, "traceIdLow" | "traceIdHigh" | "spanId" | "parentSpanId" | "startTime" | "duration">
> = { 1: "traceIdLow", 2: "traceIdHigh", 3: "spanId", 4: "parentSpanId", 8: "startTime", 9: "duration" };

/** Calls `take` for each reference of a span, in order. */
export function forEachReference(bytes: Buffer, references: ListAt, take: (reference: SpanRef) => void): void {
  forEachStruct(bytes, references, (reader) => {
    const longs = [0n, 0n, 0n];
    let refType = 0;
    readStruct(reader, (id, type) => {
      if (id === 1 && type === THRIFT.i32) refType = readI32(reader);
      else if (id >= 2 && id <= 4 && type === THRIFT.i64) longs[id - 2] = readI64(reader);
      else return false;
      return true;
    });
    const [traceIdLow = 0n, traceIdHigh = 0n, spanId = 0n] = longs;
    take({ kind: refType === 0 ? "child of" : "follows from", traceIdLow, traceIdHigh, spanId });
  });
}

/** Calls `take` for each log of a span, in order. */
export function forEachLog(bytes: Buffer, logs: ListAt, take: (log: Log) => void): void {
  forEachStruct(bytes, logs, (reader) => {
    let timestamp = 0n;
    let fields: ListAt;
    readStruct(reader, (id, type) => {
      if (id === 1 && type === THRIFT.i64) {
        timestamp = readI64(reader);
        return true;
      }
      if (id === 2 && type === THRIFT.list) fields = reader.at;
      return false;
    });
    take({ timestamp, fields });
  });
}

/** Calls `take` for each tag of a list, in order. A tag whose value is missing has its type's zero. */
export function forEachTag(bytes: Buffer, tags: ListAt, take: (tag: Tag) => void): void {
  forEachStruct(bytes, tags, (reader) => take(readTag(reader)));
}

function readTag(reader: ThriftReader): Tag {
  let key = "";
  let vType = 0;
  const none: Buffer = Buffer.alloc(0);
  const values = { string: none, double: 0, bool: false, long: 0n, binary: none };
  readStruct(reader, (id, type) => {
    if (id === 1 && type === THRIFT.string) key = readText(reader);
    else if (id === 2 && type === THRIFT.i32) vType = readI32(reader);
    else if (id === 3 && type === THRIFT.string) values.string = readBytes(reader);
    else if (id === 4 && type === THRIFT.double) values.double = readDouble(reader);
    else if (id === 5 && type === THRIFT.bool) values.bool = readBool(reader);
    else if (id === 6 && type === THRIFT.i64) values.long = readI64(reader);
    else if (id === 7 && type === THRIFT.string) values.binary = readBytes(reader);
    else return false;
    return true;
  });
  if (vType === 1) return { key, kind: "double", value: values.double };
  if (vType === 2) return { key, kind: "bool", value: values.bool };
  if (vType === 3) return { key, kind: "long", value: values.long };
  if (vType === 4) return { key, kind: "binary", value: values.binary };
  return { key, kind: "string", value: values.string };
}

function forEachStruct(bytes: Buffer, at: ListAt, readElement: (reader: ThriftReader) => void): void {
  if (at === undefined) return;
  const reader: ThriftReader = { bytes, at };
  readStructs(reader, () => readElement(reader));
}
