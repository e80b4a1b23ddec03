import { AppError } from "@sightline/errors/app-error";
import { tagOf } from "./wire.ts";

/**
 * Protobuf bytes as they are being written: for doors that translate other protocols to OTLP without building objects.
 * A message inside a message is written between `begin` and `end`.
 */
export interface WireWriter {
  bytes: Buffer;
  view: DataView;
  /** Bytes written. */
  length: number;
  /** The most it may hold. */
  readonly maxBytes: number;
}

/** The length of an open message is written in so many bytes; a longer one is moved to make room. */
const LENGTH_BYTES = 2;
const INITIAL_BYTES = 16 * 1024;

export function openWriter(maxBytes = 256 * 1024 * 1024): WireWriter {
  const bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  return { bytes, view: new DataView(bytes.buffer), length: 0, maxBytes };
}

/** What was written, of the writer's own memory: it must not be written to any more. */
export function writtenBytes(writer: WireWriter): Buffer {
  return writer.bytes.subarray(0, writer.length);
}

/** Makes room for so many bytes, for those who write into `bytes` themselves. */
export function reserve(writer: WireWriter, extra: number): void {
  const wanted = writer.length + extra;
  if (wanted <= writer.bytes.length) return;
  if (wanted > writer.maxBytes) {
    throw new AppError(
      "too_large",
      `cannot translate the request: got ${wanted} bytes, want at most ${writer.maxBytes}`,
    );
  }
  let size = writer.bytes.length * 2;
  while (size < wanted) size *= 2;
  const larger = Buffer.allocUnsafeSlow(size);
  writer.bytes.copy(larger, 0, 0, writer.length);
  writer.bytes = larger;
  writer.view = new DataView(larger.buffer);
}

/** A varint of up to 2^53. */
export function writeVarint(writer: WireWriter, value: number): void {
  reserve(writer, 10);
  const { bytes } = writer;
  let at = writer.length;
  let rest = value;
  while (rest > 0x7fffffff) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  writer.length = at;
}

/** A field of type uint32, bool or enum, or a uint64 of up to 2^53. */
export function writeVarintField(writer: WireWriter, field: number, value: number): void {
  writeVarint(writer, tagOf(field, 0));
  writeVarint(writer, value);
}

/** A field of type int64 (two's complement) or uint64. */
export function writeVarint64Field(writer: WireWriter, field: number, value: bigint): void {
  writeVarint(writer, tagOf(field, 0));
  writeVarint64(writer, value);
}

/** A varint of 64 bits, without a tag: packed numbers are these. */
export function writeVarint64(writer: WireWriter, value: bigint): void {
  reserve(writer, 10);
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    writer.bytes[writer.length++] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  writer.bytes[writer.length++] = Number(rest);
}

/** A field of type sint32 (zigzag). */
export function writeSint32Field(writer: WireWriter, field: number, value: number): void {
  writeVarintField(writer, field, ((value << 1) ^ (value >> 31)) >>> 0);
}

/** A field of type fixed64 or sfixed64. */
export function writeFixed64Field(writer: WireWriter, field: number, value: bigint): void {
  writeVarint(writer, tagOf(field, 1));
  reserve(writer, 8);
  writer.view.setBigInt64(writer.length, BigInt.asIntN(64, value), true);
  writer.length += 8;
}

export function writeDoubleField(writer: WireWriter, field: number, value: number): void {
  writeVarint(writer, tagOf(field, 1));
  reserve(writer, 8);
  writer.view.setFloat64(writer.length, value, true);
  writer.length += 8;
}

export function writeFixed32Field(writer: WireWriter, field: number, value: number): void {
  writeVarint(writer, tagOf(field, 5));
  reserve(writer, 4);
  writer.view.setUint32(writer.length, value, true);
  writer.length += 4;
}

export function writeBytesField(writer: WireWriter, field: number, value: Uint8Array): void {
  writeVarint(writer, tagOf(field, 2));
  writeVarint(writer, value.length);
  reserve(writer, value.length);
  writer.bytes.set(value, writer.length);
  writer.length += value.length;
}

/** A field of type string, in UTF-8; lone surrogates become U+FFFD. */
export function writeStringField(writer: WireWriter, field: number, value: string): void {
  writeVarint(writer, tagOf(field, 2));
  // A UTF-16 unit takes at most 3 bytes.
  reserve(writer, LENGTH_BYTES + value.length * 3);
  const lengthAt = writer.length;
  writer.length += LENGTH_BYTES;
  writer.length += writer.bytes.write(value, writer.length, "utf8");
  end(writer, lengthAt);
}

/** Opens a message, or packed numbers, in a field; answers what `end` wants. */
export function begin(writer: WireWriter, field: number): number {
  writeVarint(writer, tagOf(field, 2));
  reserve(writer, LENGTH_BYTES);
  const lengthAt = writer.length;
  writer.length += LENGTH_BYTES;
  return lengthAt;
}

/**
 * Closes what `begin` opened. A length that needs fewer bytes than were left for it is written with a leading group of
 * zeros, which protobuf allows; one that needs more moves the message.
 */
export function end(writer: WireWriter, lengthAt: number): void {
  const start = lengthAt + LENGTH_BYTES;
  const size = writer.length - start;
  let lengthBytes = LENGTH_BYTES;
  while (size >= 2 ** (7 * lengthBytes)) lengthBytes += 1;
  if (lengthBytes > LENGTH_BYTES) {
    reserve(writer, lengthBytes - LENGTH_BYTES);
    writer.bytes.copyWithin(lengthAt + lengthBytes, start, writer.length);
    writer.length += lengthBytes - LENGTH_BYTES;
  }
  let rest = size;
  for (let at = lengthAt; at < lengthAt + lengthBytes - 1; at++) {
    writer.bytes[at] = (rest & 127) | 128;
    rest >>>= 7;
  }
  writer.bytes[lengthAt + lengthBytes - 1] = rest;
}
