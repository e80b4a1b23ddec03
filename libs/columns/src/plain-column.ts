import { AppError } from "@sightline/errors/app-error";
import { copyBytes } from "./copy-bytes.ts";

/**
 * A column whose Native form is its values one after the other: numbers of a fixed width in little endian, or strings,
 * each after its length as a varint.
 *
 * Columns are plain records with functions that append to them, not objects with methods: all plain columns share one
 * shape, so that the functions stay monomorphic and are inlined into the loops that fill tables.
 */
export interface PlainColumn {
  readonly kind: "plain";
  /** The ClickHouse type. */
  readonly type: string;
  /** Bytes of a value; 0 for strings. */
  readonly width: number;
  bytes: Uint8Array;
  view: DataView;
  /** Bytes used. */
  length: number;
  /** Bytes that may be used before the buffer must grow; below its true size by what copying may write too far. */
  limit: number;
  /** The length to go back to. */
  mark: number;
}

/** Copying goes in steps of 8 bytes and may write up to 7 too far. */
const SLACK_BYTES = 16;
const INITIAL_BYTES = 4096;
const SHORT_TEXT = 32;

/** No column may hold more than this; a batch that needs it is a mistake or an attack. */
export const MAX_COLUMN_BYTES = 1 << 29;

function plainColumn(type: string, width: number): PlainColumn {
  const bytes = allocate(INITIAL_BYTES);
  return {
    kind: "plain",
    type,
    width,
    bytes,
    view: new DataView(bytes.buffer),
    length: 0,
    limit: INITIAL_BYTES - SLACK_BYTES,
    mark: 0,
  };
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  // Not zeroed: every byte below `length` has been written.
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

export function stringColumn(): PlainColumn {
  return plainColumn("String", 0);
}

export function uint8Column(): PlainColumn {
  return plainColumn("UInt8", 1);
}

/** Append with `appendUint8`: 0 or 1. */
export function boolColumn(): PlainColumn {
  return plainColumn("Bool", 1);
}

export function uint16Column(): PlainColumn {
  return plainColumn("UInt16", 2);
}

export function uint32Column(): PlainColumn {
  return plainColumn("UInt32", 4);
}

export function int32Column(): PlainColumn {
  return plainColumn("Int32", 4);
}

export function uint64Column(): PlainColumn {
  return plainColumn("UInt64", 8);
}

export function int64Column(): PlainColumn {
  return plainColumn("Int64", 8);
}

export function float64Column(): PlainColumn {
  return plainColumn("Float64", 8);
}

/** Ticks since the Unix epoch: milliseconds for precision 3, nanoseconds for 9. */
export function dateTime64Column(precision: 3 | 6 | 9): PlainColumn {
  return plainColumn(`DateTime64(${precision})`, 8);
}

/** Append with `appendFixed`: exactly `width` bytes each. */
export function fixedStringColumn(width: number): PlainColumn {
  return plainColumn(`FixedString(${width})`, width);
}

/** Append with `appendUuid`. */
export function uuidColumn(): PlainColumn {
  return plainColumn("UUID", 16);
}

/** Makes room for `extra` more bytes. Throws AppError `too_large` beyond MAX_COLUMN_BYTES. */
export function reserve(column: PlainColumn, extra: number): void {
  if (column.length + extra > column.limit) grow(column, extra);
}

function grow(column: PlainColumn, extra: number): void {
  const wanted = column.length + extra + SLACK_BYTES;
  if (wanted > MAX_COLUMN_BYTES) {
    throw new AppError(
      "too_large",
      `cannot grow a ${column.type} column: got ${wanted} bytes, want at most ${MAX_COLUMN_BYTES}`,
    );
  }
  let size = column.bytes.length * 2;
  while (size < wanted) size *= 2;
  const bytes = allocate(size);
  bytes.set(column.bytes.subarray(0, column.length));
  column.bytes = bytes;
  column.view = new DataView(bytes.buffer);
  column.limit = size - SLACK_BYTES;
}

export function appendUint8(column: PlainColumn, value: number): void {
  const at = column.length;
  if (at + 1 > column.limit) grow(column, 1);
  column.bytes[at] = value;
  column.length = at + 1;
}

export function appendUint16(column: PlainColumn, value: number): void {
  const at = column.length;
  if (at + 2 > column.limit) grow(column, 2);
  column.view.setUint16(at, value, true);
  column.length = at + 2;
}

/** Also for Int32: the value modulo 2^32. */
export function appendUint32(column: PlainColumn, value: number): void {
  const at = column.length;
  if (at + 4 > column.limit) grow(column, 4);
  column.view.setInt32(at, value, true);
  column.length = at + 4;
}

/** A 64-bit value by its halves; two's complement for signed types. */
export function appendWords(column: PlainColumn, low: number, high: number): void {
  const at = column.length;
  if (at + 8 > column.limit) grow(column, 8);
  column.view.setInt32(at, low, true);
  column.view.setInt32(at + 4, high, true);
  column.length = at + 8;
}

/** A whole number of magnitude at most 2^53 into a 64-bit column. */
export function appendInteger(column: PlainColumn, value: number): void {
  appendWords(column, value | 0, Math.floor(value / 4294967296));
}

export function appendBigint(column: PlainColumn, value: bigint): void {
  reserve(column, 8);
  column.view.setBigUint64(column.length, BigInt.asUintN(64, value), true);
  column.length += 8;
}

export function appendFloat64(column: PlainColumn, value: number): void {
  const at = column.length;
  if (at + 8 > column.limit) grow(column, 8);
  column.view.setFloat64(at, value, true);
  column.length = at + 8;
}

/** Eight bytes as they are, so that a NaN keeps its bits. */
export function appendEightBytes(column: PlainColumn, source: DataView, start: number): void {
  const at = column.length;
  if (at + 8 > column.limit) grow(column, 8);
  const to = column.view;
  const low = source.getInt32(start, true);
  const high = source.getInt32(start + 4, true);
  to.setInt32(at, low, true);
  to.setInt32(at + 4, high, true);
  column.length = at + 8;
}

/** The string of the bytes from `start` to `end`. */
export function appendString(column: PlainColumn, source: DataView, start: number, end: number): void {
  const size = end - start;
  let at = column.length;
  if (at + size + 5 > column.limit) grow(column, size + 5);
  if (size < 128) column.bytes[at++] = size;
  else at = writeVarint(column.bytes, at, size);
  copyBytes(column.view, at, source, start, size);
  column.length = at + size;
}

/**
 * Fast path: the string of fewer than 128 bytes that stands from `start` to `end` after its length in one byte, as both
 * protobuf and ClickHouse write it. Reads up to 7 bytes behind `end`, which must be there.
 */
export function appendCountedString(column: PlainColumn, source: DataView, start: number, end: number): void {
  const size = end - start;
  const at = column.length;
  if (at + size > column.limit) grow(column, size);
  const to = column.view;
  for (let i = 0; i < size; i += 8) {
    const word = source.getBigInt64(start + i, true);
    to.setBigInt64(at + i, word, true);
  }
  column.length = at + size;
}

export function appendEmptyString(column: PlainColumn): void {
  appendUint8(column, 0);
}

/** The string of a JavaScript string, in UTF-8. Not for hot loops. */
export function appendText(column: PlainColumn, text: string): void {
  const size = Buffer.byteLength(text);
  reserve(column, size + 5);
  column.length = writeVarint(column.bytes, column.length, size);
  appendRawText(column, text);
}

/** The bytes from `start` to `end` without a length before them: a part of a value. */
export function appendRaw(column: PlainColumn, source: DataView, start: number, end: number): void {
  const size = end - start;
  reserve(column, size);
  copyBytes(column.view, column.length, source, start, size);
  column.length += size;
}

/** A JavaScript string in UTF-8 without its length before it: a part of a value. */
export function appendRawText(column: PlainColumn, text: string): void {
  const size = Buffer.byteLength(text);
  reserve(column, size);
  if (size === text.length && size < SHORT_TEXT) {
    // ASCII: a short text costs less by hand than a call to the encoder.
    for (let i = 0; i < size; i++) column.bytes[column.length + i] = text.charCodeAt(i);
  } else {
    Buffer.from(column.bytes.buffer).write(text, column.length, size);
  }
  column.length += size;
}

/** The bytes from `start` on, as many as the column is wide. */
export function appendFixed(column: PlainColumn, source: DataView, start: number): void {
  reserve(column, column.width);
  copyBytes(column.view, column.length, source, start, column.width);
  column.length += column.width;
}

/** A UUID by its 16 bytes in the order they are written in: ClickHouse keeps two little-endian halves. */
export function appendUuid(column: PlainColumn, source: DataView, start: number): void {
  appendWords(column, source.getInt32(start + 4), source.getInt32(start));
  appendWords(column, source.getInt32(start + 12), source.getInt32(start + 8));
}

/** Appends what stands from `start` to the end of the column `times` times more: a value that is the same for many rows. */
export function appendRepeated(column: PlainColumn, start: number, times: number): void {
  const size = column.length - start;
  if (size === 0 || times <= 0) return;
  reserve(column, size * times);
  const { bytes } = column;
  const end = column.length + size * times;
  // Each step copies all that is there already, so that there are few steps.
  for (let at = column.length; at < end; at += at - start) bytes.copyWithin(at, start, Math.min(at, start + end - at));
  column.length = end;
}

/** Writes a length as a varint and returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    bytes[at++] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}
