import {
  ARRAY_VALUE,
  BYTES_VALUE,
  KEY,
  KVLIST_VALUE,
  MAX_VALUE_DEPTH,
  STRING_VALUE,
  VALUE,
  VALUES,
} from "./any-value.ts";
import { type Refusing, violate } from "./violation.ts";
import { next, type Wire } from "./wire.ts";

/** What an attribute may be. Lengths are in bytes. */
export interface ValueLimits {
  readonly maxKeyBytes: number;
  /** Of one string or bytes value; a log's body too. */
  readonly maxValueBytes: number;
}

interface Walk extends Refusing {
  readonly wire: Wire;
  readonly limits: ValueLimits;
}

/** Attributes up to this size take the fast path, which does not look at limits: they must be beyond it. */
const SHORT_BYTES = 127;

/**
 * Walks the attribute that the wire stands on, a field of that tag, and those that follow it at once. Moves the wire past
 * them and returns how many they are. `end` is that of the message they are in.
 */
export function walkAttributes(walk: Walk, tag: number, end: number): number {
  const { wire, limits } = walk;
  const { bytes } = wire;
  const fast = Math.min(limits.maxKeyBytes, limits.maxValueBytes) >= SHORT_BYTES;
  let count = 0;
  // Back to where the field begins, when its length takes one byte.
  if (fast && bytes[wire.start - 1] === wire.pos - wire.start && bytes[wire.start - 2] === tag) {
    wire.pos = wire.start - 2;
  } else {
    walkKeyValue(walk, wire.start, wire.pos, 0);
    count++;
  }
  for (;;) {
    if (fast) count += passShortAttributes(wire, tag, end);
    if (wire.pos >= end || bytes[wire.pos] !== tag) return count;
    next(wire, end);
    walkKeyValue(walk, wire.start, wire.pos, 0);
    count++;
  }
}

/**
 * Fast path: passes attributes as long as each is short and a key and a scalar in the form in which every encoder writes
 * them; moves the wire to the first that is not so. See `appendKnownAttributes` for why the tags are written out.
 */
function passShortAttributes(wire: Wire, tag: number, end: number): number {
  const KEY = 0x0a;
  const VALUE = 0x12;
  const { bytes } = wire;
  let at = wire.pos;
  let count = 0;
  while (end - at >= 8 && bytes[at] === tag) {
    const size = bytes[at + 1] ?? 0;
    const keyEnd = at + 4 + (bytes[at + 3] ?? 0);
    const stop = at + 2 + size;
    if (size >= 128 || stop > end || keyEnd + 4 > stop) break;
    if (bytes[at + 2] !== KEY || bytes[keyEnd] !== VALUE || bytes[keyEnd + 1] !== stop - keyEnd - 2) break;
    if (!isScalar(bytes, keyEnd + 2, stop)) break;
    at = stop;
    count++;
  }
  wire.pos = at;
  return count;
}

/** Whether an AnyValue of 2 to 127 bytes is one string, bool, integer or double and nothing else. */
function isScalar(bytes: Uint8Array, start: number, end: number): boolean {
  switch (bytes[start]) {
    case 0x0a: // string_value
      return bytes[start + 1] === end - start - 2;
    case 0x10: // bool_value
    case 0x18: {
      // int_value
      if (end - start > 11) return false;
      let at = start + 1;
      while (at < end && (bytes[at] ?? 0) >= 128) at++;
      return at === end - 1;
    }
    case 0x21: // double_value
      return end - start === 9;
    default:
      return false;
  }
}

/** Walks a KeyValue and moves the wire to its end. */
function walkKeyValue(walk: Walk, start: number, end: number, depth: number): void {
  const { wire, limits } = walk;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const after = wire.pos;
    if (tag === KEY) {
      const length = after - wire.start;
      if (length > limits.maxKeyBytes) {
        violate(walk, "key_bytes", `an attribute's key has ${length} bytes, want at most ${limits.maxKeyBytes}`);
      }
    } else if (tag === VALUE) {
      walkAnyValue(walk, wire.start, after, depth);
    }
    wire.pos = after;
  }
}

/** Checks the AnyValue from `start` to `end`. */
export function checkValue(walk: Walk, start: number, end: number): void {
  walkAnyValue(walk, start, end, 0);
}

function walkAnyValue(walk: Walk, start: number, end: number, depth: number): void {
  const { wire, limits } = walk;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const after = wire.pos;
    if (tag === STRING_VALUE || tag === BYTES_VALUE) {
      const length = after - wire.start;
      if (length > limits.maxValueBytes) {
        violate(walk, "value_bytes", `a value has ${length} bytes, want at most ${limits.maxValueBytes}`);
      }
    } else if (tag === ARRAY_VALUE || tag === KVLIST_VALUE) {
      if (depth < MAX_VALUE_DEPTH) walkList(walk, tag, after, depth + 1);
      else violate(walk, "value_depth", `a value is nested deeper than ${MAX_VALUE_DEPTH}`);
    }
    wire.pos = after;
  }
}

/** Walks the ArrayValue or KeyValueList that the wire stands on. */
function walkList(walk: Walk, listTag: number, end: number, depth: number): void {
  const { wire } = walk;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== VALUES) continue;
    const after = wire.pos;
    if (listTag === ARRAY_VALUE) walkAnyValue(walk, wire.start, after, depth);
    else walkKeyValue(walk, wire.start, after, depth);
    wire.pos = after;
  }
}
