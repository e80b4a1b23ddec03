import { type AppError, invalid } from "@sightline/errors/app-error";
import type { Steps } from "../steps.ts";

/** Types of Thrift's binary protocol (apache/thrift `doc/specs/thrift-binary-protocol.md`). */
export const THRIFT = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

/** Where one is in a message. Whatever reads moves it on; a copy with another `at` reads the same bytes elsewhere. */
export interface ThriftReader {
  readonly bytes: Buffer;
  at: number;
}

/** Structs in structs, lists in lists: nothing that is known here has more than four. */
const MAX_DEPTH = 16;

export function malformed(reader: ThriftReader, what: string): AppError {
  return invalid(`cannot read the Thrift: ${what} at byte ${reader.at}`);
}

/** Moves over so many bytes and answers where they begin. */
function take(reader: ThriftReader, bytes: number): number {
  const start = reader.at;
  if (bytes < 0 || start + bytes > reader.bytes.length) throw malformed(reader, `want ${bytes} bytes, got the end`);
  reader.at = start + bytes;
  return start;
}

export function readBool(reader: ThriftReader): boolean {
  return reader.bytes[take(reader, 1)] !== 0;
}

export function readI32(reader: ThriftReader): number {
  return reader.bytes.readInt32BE(take(reader, 4));
}

export function readI64(reader: ThriftReader): bigint {
  return reader.bytes.readBigInt64BE(take(reader, 8));
}

export function readDouble(reader: ThriftReader): number {
  return reader.bytes.readDoubleBE(take(reader, 8));
}

/** A string or binary, as bytes of the message's own memory. */
export function readBytes(reader: ThriftReader): Buffer {
  const length = readI32(reader);
  const start = take(reader, length);
  return reader.bytes.subarray(start, start + length);
}

export function readText(reader: ThriftReader): string {
  return readBytes(reader).toString("utf8");
}

/**
 * Reads a struct's fields to its end. `readField` answers whether it has read the value; what it has not is passed over,
 * so that fields of later versions do no harm.
 */
export function readStruct(reader: ThriftReader, readField: (id: number, type: number) => boolean): void {
  for (let type = readType(reader); type !== THRIFT.stop; type = readType(reader)) {
    const id = readFieldId(reader);
    const start = reader.at;
    if (readField(id, type)) continue;
    reader.at = start;
    skip(reader, type, 0);
  }
}

/** What a field or an element is; `stop` where a struct ends. */
export function readType(reader: ThriftReader): number {
  return reader.bytes[take(reader, 1)] ?? 0;
}

/** Which field it is, behind its type. */
export function readFieldId(reader: ThriftReader): number {
  return reader.bytes.readInt16BE(take(reader, 2));
}

/** Calls `readElement`, which must read it, for each struct of a list. */
export function readStructs(reader: ThriftReader, readElement: () => void): void {
  const size = readStructsHeader(reader);
  for (let index = 0; index < size; index++) readElement();
}

/** So many bytes are read without a break, and the struct at hand to its end: some milliseconds of work. */
const STEP_BYTES = 128 * 1024;

/** The same for a list that may be as long as the message. */
export function* readStructsInSteps(reader: ThriftReader, readElement: () => void): Steps<void> {
  const size = readStructsHeader(reader);
  let stepAt = reader.at;
  for (let index = 0; index < size; index++) {
    readElement();
    if (reader.at - stepAt < STEP_BYTES) continue;
    stepAt = reader.at;
    yield undefined;
  }
}

function readStructsHeader(reader: ThriftReader): number {
  const { type, size } = readListHeader(reader);
  if (size === 0 || type === THRIFT.struct) return size;
  throw malformed(reader, `want a list of structs, got elements of type ${type}`);
}

/** Passes over a value. */
export function skip(reader: ThriftReader, type: number, depth: number): void {
  if (depth > MAX_DEPTH) throw malformed(reader, `got more than ${MAX_DEPTH} levels`);
  const fixed = fixedBytes(type);
  if (fixed !== undefined) {
    take(reader, fixed);
    return;
  }
  if (type === THRIFT.string) readBytes(reader);
  else if (type === THRIFT.struct) skipStruct(reader, depth);
  else if (type === THRIFT.list || type === THRIFT.set) skipElements(reader, readListHeader(reader), depth);
  else if (type === THRIFT.map) skipMap(reader, depth);
  else throw malformed(reader, `got a value of type ${type}, which there is not,`);
}

function fixedBytes(type: number): number | undefined {
  if (type === THRIFT.bool || type === THRIFT.byte) return 1;
  if (type === THRIFT.i16) return 2;
  if (type === THRIFT.i32) return 4;
  return type === THRIFT.i64 || type === THRIFT.double ? 8 : undefined;
}

function skipStruct(reader: ThriftReader, depth: number): void {
  for (let type = readType(reader); type !== THRIFT.stop; type = readType(reader)) {
    readFieldId(reader);
    skip(reader, type, depth + 1);
  }
}

interface Elements {
  readonly type: number;
  readonly size: number;
}

function skipElements(reader: ThriftReader, { type, size }: Elements, depth: number): void {
  const fixed = fixedBytes(type);
  if (fixed !== undefined) {
    take(reader, fixed * size);
    return;
  }
  for (let index = 0; index < size; index++) skip(reader, type, depth + 1);
}

function skipMap(reader: ThriftReader, depth: number): void {
  const keyType = readType(reader);
  const { type, size } = readListHeader(reader);
  for (let index = 0; index < size; index++) {
    skip(reader, keyType, depth + 1);
    skip(reader, type, depth + 1);
  }
}

/** Every element takes a byte at least, so that a size beyond the message's end is found out at once. */
function readListHeader(reader: ThriftReader): Elements {
  const type = readType(reader);
  const size = readI32(reader);
  if (size < 0 || size > reader.bytes.length - reader.at) throw malformed(reader, `got a list of ${size} elements`);
  return { type, size };
}
