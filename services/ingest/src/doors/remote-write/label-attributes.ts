import { reserve, type WireWriter } from "@sightline/otlp/wire-writer";
import type { Labels } from "./labels.ts";

/** Bytes that an attribute needs besides its key and value, at most: tags and lengths of four messages. */
const OVERHEAD = 32;
/** Up to this many bytes of key and value all lengths take one byte. */
const SHORT_BYTES = 119;
/** From here on the engine's own copy is faster than a loop. */
const LONG_COPY_BYTES = 48;

/**
 * Writes all labels but `__name__` as attributes: fields of that tag with a KeyValue of a string. This is most of what
 * a translation does; the lengths are written as the fast paths of `@sightline/otlp` read them.
 */
export function writeLabelAttributes(writer: WireWriter, tag: number, labels: Labels): void {
  const { count, name } = labels;
  for (let label = 0; label < count; label++) {
    if (label !== name) writeLabel(writer, tag, labels, label);
  }
}

/** Writes one label as an attribute. */
export function writeLabel(writer: WireWriter, tag: number, labels: Labels, label: number): void {
  const { bytes: from, at } = labels;
  const i = label * 4;
  const keyStart = at[i] ?? 0;
  const keyBytes = (at[i + 1] ?? 0) - keyStart;
  const valueStart = at[i + 2] ?? 0;
  const valueBytes = (at[i + 3] ?? 0) - valueStart;
  reserve(writer, keyBytes + valueBytes + OVERHEAD);
  const { bytes } = writer;
  let to = writer.length;
  bytes[to++] = tag;
  if (keyBytes + valueBytes <= SHORT_BYTES) {
    bytes[to] = keyBytes + valueBytes + 6;
    bytes[to + 1] = 0x0a; // KeyValue.key
    bytes[to + 2] = keyBytes;
    to = copy(bytes, to + 3, from, keyStart, keyBytes);
    bytes[to] = 0x12; // KeyValue.value
    bytes[to + 1] = valueBytes + 2;
    bytes[to + 2] = 0x0a; // AnyValue.string_value
    bytes[to + 3] = valueBytes;
    writer.length = copy(bytes, to + 4, from, valueStart, valueBytes);
    return;
  }
  const anyBytes = 1 + varintBytes(valueBytes) + valueBytes;
  to = putVarint(bytes, to, 1 + varintBytes(keyBytes) + keyBytes + 1 + varintBytes(anyBytes) + anyBytes);
  bytes[to++] = 0x0a;
  to = putVarint(bytes, to, keyBytes);
  to = copy(bytes, to, from, keyStart, keyBytes);
  bytes[to++] = 0x12;
  to = putVarint(bytes, to, anyBytes);
  bytes[to++] = 0x0a;
  to = putVarint(bytes, to, valueBytes);
  writer.length = copy(bytes, to, from, valueStart, valueBytes);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest >>>= 7) bytes++;
  return bytes;
}

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes[to++] = (rest & 127) | 128;
  bytes[to++] = rest;
  return to;
}

/** Copies `length` bytes; answers where they end. */
function copy(into: Uint8Array, to: number, from: Uint8Array, start: number, length: number): number {
  if (length >= LONG_COPY_BYTES) into.set(from.subarray(start, start + length), to);
  else for (let i = 0; i < length; i++) into[to + i] = from[start + i] ?? 0;
  return to + length;
}
