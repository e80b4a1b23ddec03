import { appendInterned } from "@sightline/columns/low-cardinality-column";
import type { MapColumn } from "@sightline/columns/map-column";
import { appendString } from "@sightline/columns/plain-column";
import { KEY, STRING_VALUE, VALUE } from "./any-value.ts";
import { appendAnyValue } from "./any-value-text.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import type { Wire } from "./wire.ts";

/**
 * Appends the attribute that the wire stands on, and those that follow it at once, as entries of the map's current row.
 * Moves the wire past them. `end` is that of the message they are in.
 */
export function appendAttributes(map: MapColumn, wire: Wire, tag: number, end: number): void {
  const { bytes } = wire;
  let { start, pos } = wire;
  for (;;) {
    appendAttribute(map, wire, start, pos);
    // Attributes come in a row and most are shorter than 128 bytes: no need to step through `next`.
    if (end - pos < 2 || bytes[pos] !== tag) break;
    const size = bytes[pos + 1] ?? 0;
    if (size >= 128 || size > end - pos - 2) break;
    start = pos + 2;
    pos = start + size;
  }
  wire.pos = pos;
}

/**
 * Appends the KeyValue from `start` to `end` as an entry of the map's current row.
 *
 * Fast path: a key, then a string value, all shorter than 128 bytes, as every encoder writes most attributes. The five
 * bytes between them are compared instead of walked.
 */
function appendAttribute(map: MapColumn, wire: Wire, start: number, end: number): void {
  const { bytes } = wire;
  if (end - start >= 6 && end - start < 128 && bytes[start] === KEY) {
    // The end of the key; a key longer than fits gives a position beyond `end`.
    const value = start + 2 + (bytes[start + 1] ?? 0);
    if (value + 4 <= end && bytes[value] === VALUE && bytes[value + 1] === end - value - 2) {
      appendInterned(map.keys, wire.view, start + 2, value);
      if (bytes[value + 2] === STRING_VALUE && bytes[value + 3] === end - value - 4) {
        appendString(map.values, wire.view, value + 4, end);
      } else {
        appendAnyValue(map.values, wire, value + 2, end);
      }
      return;
    }
  }
  appendAnyAttribute(map, wire, start, end);
}

const pair = newKeyValue();

/** Slow path: fields in any order, missing, repeated, unknown or long. */
function appendAnyAttribute(map: MapColumn, wire: Wire, start: number, end: number): void {
  readKeyValue(pair, wire, start, end);
  appendInterned(map.keys, wire.view, pair.key.start, pair.key.end);
  appendAnyValue(map.values, wire, pair.value.start, pair.value.end);
}
