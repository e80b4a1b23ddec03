import { appendRaw, appendRawText, appendUint8, type PlainColumn } from "@sightline/columns/plain-column";
import {
  ARRAY_VALUE,
  BOOL_VALUE,
  BYTES_VALUE,
  DOUBLE_VALUE,
  findValue,
  INT_VALUE,
  KVLIST_VALUE,
  MAX_VALUE_DEPTH,
  STRING_VALUE,
  VALUES,
} from "./any-value.ts";
import { int64Text } from "./int64-text.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import { malformed, next, readVarint64, type Wire } from "./wire.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Appends the AnyValue from `start` to `end` as JSON text: bytes in base64, no value as null, doubles that JSON lacks by
 * their names in quotes ("NaN", "Infinity", "-Infinity"), integers with all their digits.
 *
 * Throws AppError `invalid_argument` when it is nested deeper than MAX_VALUE_DEPTH.
 */
export function appendJson(out: PlainColumn, wire: Wire, start: number, end: number): void {
  appendValue(out, wire, { start, end, depth: 0 });
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

function appendValue(out: PlainColumn, wire: Wire, place: Place): void {
  const tag = findValue(wire, place.start, place.end);
  const inner = { start: wire.start, end: wire.pos, depth: place.depth + 1 };
  switch (tag) {
    case STRING_VALUE:
      appendJsonString(out, wire, inner.start, inner.end);
      break;
    case INT_VALUE:
      readVarint64(wire, inner.start);
      appendRawText(out, int64Text(wire.low, wire.high));
      break;
    case BOOL_VALUE:
      readVarint64(wire, inner.start);
      appendRawText(out, (wire.low | wire.high) === 0 ? "false" : "true");
      break;
    case DOUBLE_VALUE: {
      const value = wire.view.getFloat64(inner.start, true);
      appendRawText(out, Number.isFinite(value) ? String(value) : `"${value}"`);
      break;
    }
    case BYTES_VALUE: {
      const bytes = Buffer.from(wire.bytes.buffer, wire.bytes.byteOffset + inner.start, inner.end - inner.start);
      appendRawText(out, `"${bytes.toString("base64")}"`);
      break;
    }
    case ARRAY_VALUE:
      appendItems(out, wire, inner);
      break;
    case KVLIST_VALUE:
      appendEntries(out, wire, inner);
      break;
    default:
      appendRawText(out, "null");
  }
}

function appendItems(out: PlainColumn, wire: Wire, place: Place): void {
  checkDepth(place);
  appendRawText(out, "[");
  let first = true;
  wire.pos = place.start;
  for (let tag = next(wire, place.end); tag !== 0; tag = next(wire, place.end)) {
    if (tag !== VALUES) continue;
    const after = wire.pos;
    if (!first) appendUint8(out, COMMA);
    first = false;
    appendValue(out, wire, { start: wire.start, end: after, depth: place.depth });
    wire.pos = after;
  }
  appendRawText(out, "]");
}

function appendEntries(out: PlainColumn, wire: Wire, place: Place): void {
  checkDepth(place);
  appendRawText(out, "{");
  let first = true;
  wire.pos = place.start;
  for (let tag = next(wire, place.end); tag !== 0; tag = next(wire, place.end)) {
    if (tag !== VALUES) continue;
    const after = wire.pos;
    if (!first) appendUint8(out, COMMA);
    first = false;
    appendEntry(out, wire, { start: wire.start, end: after, depth: place.depth });
    wire.pos = after;
  }
  appendRawText(out, "}");
}

/** A KeyValue as `"key":value`. */
function appendEntry(out: PlainColumn, wire: Wire, place: Place): void {
  const pair = newKeyValue();
  readKeyValue(pair, wire, place.start, place.end);
  appendJsonString(out, wire, pair.key.start, pair.key.end);
  appendUint8(out, COLON);
  appendValue(out, wire, { ...pair.value, depth: place.depth });
}

/** A string of JSON (RFC 8259 section 7): quotes, backslashes and control characters escaped, the rest as it is. */
function appendJsonString(out: PlainColumn, wire: Wire, start: number, end: number): void {
  const { bytes } = wire;
  appendUint8(out, QUOTE);
  let copied = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
    appendRaw(out, wire.view, copied, at);
    copied = at + 1;
    if (byte >= 0x20) {
      appendUint8(out, BACKSLASH);
      appendUint8(out, byte);
    } else {
      appendRawText(out, escapes[byte] ?? `\\u${byte.toString(16).padStart(4, "0")}`);
    }
  }
  appendRaw(out, wire.view, copied, end);
  appendUint8(out, QUOTE);
}

const escapes: Readonly<Record<number, string>> = { 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r" };

function checkDepth(place: Place): void {
  if (place.depth > MAX_VALUE_DEPTH) {
    throw malformed(place.start, "an attribute value nested deeper", `at most ${MAX_VALUE_DEPTH} levels`);
  }
}
