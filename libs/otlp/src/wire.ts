import { type AppError, invalid } from "@sightline/errors/app-error";

/**
 * A position in protobuf bytes. `next` moves it from field to field; the payload of the field it stands on is from
 * `start` to `pos`. Nothing is decoded: who wants a value reads it from there.
 */
export interface Wire {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the next field begins; after `next` also the end of the current field's payload. */
  pos: number;
  /** Where the current field's payload begins. */
  start: number;
  /** The halves of what `readVarint64` read last. */
  low: number;
  high: number;
}

/** The wire types of https://protobuf.dev/programming-guides/encoding that OTLP has; groups it has none. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

export function openWire(bytes: Uint8Array): Wire {
  // One kind of array for all callers, whether they hold a Buffer or not: the loops below stay monomorphic.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: plain, view, pos: 0, start: 0, low: 0, high: 0 };
}

/** The tag of a field, as it stands on the wire. */
export function tagOf(field: number, wireType: number): number {
  return field * 8 + wireType;
}

/**
 * Moves to the next field of the message that ends at `end` and returns its tag, or 0 when there is none. Throws
 * AppError `invalid_argument` when the bytes are not a field or reach past `end`.
 */
export function next(wire: Wire, end: number): number {
  const { bytes } = wire;
  let at = wire.pos;
  if (at >= end) return 0;
  let tag = bytes[at++] ?? 0;
  if (tag >= 128) {
    const second = at < end ? (bytes[at] ?? 0) : 128;
    if (second < 128) {
      // Fast path: fields from 16 to 2047.
      tag = (tag & 127) | (second << 7);
      at++;
    } else {
      tag = longTag(wire, at - 1, end);
      at = wire.pos;
    }
  }
  if (tag < 8) throw malformed(at, "field number 0", "1 to 536870911");
  const wireType = tag & 7;
  if (wireType === 2) {
    if (at >= end) throw cutOff(at);
    let size = bytes[at++] ?? 0;
    if (size >= 128) {
      size = longVarint(wire, at - 1, end);
      at = wire.pos;
    }
    if (size > end - at) throw tooLong(size, at, end);
    wire.start = at;
    wire.pos = at + size;
    return tag;
  }
  wire.start = at;
  if (wireType === 0) {
    wire.pos = endOfVarint(bytes, at, end);
    return tag;
  }
  const size = wireType === 1 ? 8 : 4;
  if (wireType !== 1 && wireType !== 5) throw malformed(at, `wire type ${wireType}`, "0, 1, 2 or 5");
  if (size > end - at) throw cutOff(at);
  wire.pos = at + size;
  return tag;
}

/**
 * A tag of more than one byte. All field numbers beyond 2^27 are given as that one, so that a tag is always a small
 * integer: OTLP has none of them.
 */
function longTag(wire: Wire, at: number, end: number): number {
  const tag = longVarint(wire, at, end);
  if (tag > 0xffffffff) throw malformed(at, `field number ${Math.floor(tag / 8)}`, "1 to 536870911");
  return tag < TAG_LIMIT ? tag : TAG_LIMIT + (tag & 7);
}

const TAG_LIMIT = 0x3ffffff8;

/** A varint of up to 64 bits from `at` on; moves `pos` past it. Above 2^53 the answer is rounded. */
function longVarint(wire: Wire, at: number, end: number): number {
  const { bytes } = wire;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    if (at >= end) throw cutOff(at);
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) {
      wire.pos = at;
      return value;
    }
    scale *= 128;
  }
  throw malformed(at, "a varint of more than 10 bytes", "at most 10");
}

/** The position after the varint at `at`. */
export function endOfVarint(bytes: Uint8Array, at: number, end: number): number {
  for (let i = 0; i < 10; i++) {
    if (at >= end) throw cutOff(at);
    if ((bytes[at++] ?? 0) < 128) return at;
  }
  throw malformed(at, "a varint of more than 10 bytes", "at most 10");
}

/** The current field's varint modulo 2^32: for uint32, bool, enums and, by `| 0`, int32. */
export function readUint32(wire: Wire): number {
  const { bytes, start } = wire;
  const first = bytes[start] ?? 0;
  if (first < 128) return first;
  readVarint64(wire, start);
  return wire.low >>> 0;
}

/** The varint at `at` as two halves, in `low` and `high`; both as signed 32-bit numbers. Bits above the 64th are lost. */
export function readVarint64(wire: Wire, at: number): void {
  const { bytes } = wire;
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = bytes[at++] ?? 0;
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >> 4;
    } else if (shift < 63) high |= bits << (shift - 32);
    else high |= bits << 31;
    if (byte < 128) break;
  }
  wire.low = low;
  wire.high = high;
}

/** What a sint32 of these 32 bits stands for. */
export function zigzag32(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}

function cutOff(at: number): AppError {
  return malformed(at, "the end of the message", "the rest of a field");
}

function tooLong(size: number, at: number, end: number): AppError {
  return malformed(at, `a length of ${size}`, `at most ${end - at}`);
}

/** The error of bytes that are not protobuf of the wanted message. */
export function malformed(at: number, got: string, want: string): AppError {
  return invalid(`cannot read the protobuf message at byte ${at}: got ${got}, want ${want}`);
}
