import { findAfter, MISSING } from "@sightline/columns/dictionary";
import { appendIndex, appendInterned } from "@sightline/columns/low-cardinality-column";
import type { MapColumn } from "@sightline/columns/map-column";
import { appendCountedString } from "@sightline/columns/plain-column";
import { appendAnyValue } from "./any-value-text.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import { next, type Wire } from "./wire.ts";

/**
 * Appends the attribute that the wire stands on, a field of that tag, and those that follow it at once as entries of the
 * map's current row. Moves the wire past them. `end` is that of the message they are in.
 */
export function appendAttributes(map: MapColumn, wire: Wire, tag: number, end: number): void {
  const { bytes } = wire;
  // Back to where the field begins, when its length takes one byte.
  if (bytes[wire.start - 1] === wire.pos - wire.start && bytes[wire.start - 2] === tag) wire.pos = wire.start - 2;
  else appendAttribute(map, wire, wire.start, wire.pos);
  for (;;) {
    appendKnownAttributes(map, wire, tag, end);
    if (wire.pos >= end || bytes[wire.pos] !== tag) return;
    next(wire, end);
    appendAttribute(map, wire, wire.start, wire.pos);
  }
}

/** An attribute of the fast path with tag and length, and what copying reads too far. */
const LONGEST_BYTES = 2 + 127 + 8;

/**
 * Fast path: appends attributes as long as each is shorter than 128 bytes, has a key that is known already and then a
 * string, in the form in which every encoder writes them; moves the wire to the first that is not so.
 *
 * Most of storage's time goes into this loop. It is kept so small that the compiler puts all it calls into it and holds
 * the columns' buffers in registers.
 */
function appendKnownAttributes(map: MapColumn, wire: Wire, tag: number, end: number): void {
  // The tags of KeyValue.key and .value and of AnyValue.string_value; the compiler puts in what is written here, while
  // it would load and check an imported constant every time.
  const KEY = 0x0a;
  const VALUE = 0x12;
  const STRING_VALUE = 0x0a;
  const { view } = wire;
  const { keys, values } = map;
  // Copying reads a little too far, so that the last attributes of a message are left to the slow path.
  const last = Math.min(end - 8, view.byteLength - LONGEST_BYTES);
  // How an attribute begins: its tag, its length, the key's tag, the key's length. Read at once, as is what follows the
  // key: the value's tag and length, and the tag and length of a string in it.
  const begin = tag | (KEY << 16);
  let at = wire.pos;
  let previous = MISSING;
  while (at <= last) {
    const head = view.getInt32(at, true);
    if ((head & 0x80ff80ff) !== begin) break;
    const stop = at + 2 + ((head >>> 8) & 0x7f);
    const keyStart = at + 4;
    const keyEnd = keyStart + (head >>> 24);
    if (stop > end || keyEnd + 4 > stop) break;
    const middle = view.getInt32(keyEnd, true);
    if ((middle & 0xffff) !== (VALUE | ((stop - keyEnd - 2) << 8))) break;
    const key = findAfter(keys.dictionary, previous, view, keyStart, keyEnd);
    if (key === MISSING) break;
    previous = key;
    appendIndex(keys, key);
    const isString = middle >>> 16 === (STRING_VALUE | ((stop - keyEnd - 4) << 8));
    if (isString) appendCountedString(values, view, keyEnd + 3, stop);
    else appendAnyValue(values, wire, keyEnd + 2, stop);
    at = stop;
  }
  wire.pos = at;
}

/** Holds nothing between two calls. */
const pair = newKeyValue();

/** Slow path: any value; fields in any order, missing, repeated, unknown or long. Moves the wire to `end`. */
function appendAttribute(map: MapColumn, wire: Wire, start: number, end: number): void {
  readKeyValue(pair, wire, start, end);
  appendInterned(map.keys, wire.view, pair.key.start, pair.key.end);
  appendAnyValue(map.values, wire, pair.value.start, pair.value.end);
  wire.pos = end;
}
