import { stringColumn } from "@sightline/columns/plain-column";
import { KEY, VALUE } from "./any-value.ts";
import { appendAnyValue } from "./any-value-text.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { next, type Wire } from "./wire.ts";

/** Looks for some attributes among those of a record, and passes over all others at the price of a look at their length. */
export interface AttributeFinder {
  /** Where the values are, in the order of the keys: the bytes of AnyValues; empty when there is no such attribute. */
  readonly values: readonly Range[];
  /** Forgets what was found. */
  clear(): void;
  /** Looks at the KeyValue from `start` to `end`; may leave the wire anywhere. Of two with one key the last counts. */
  look(wire: Wire, start: number, end: number): void;
}

/** Keys are at most so long that their length takes one byte. */
const MAX_KEY_BYTES = 127;

/** @param keys of the attributes, each at most 127 bytes long and none twice */
export function createAttributeFinder(keys: readonly string[]): AttributeFinder {
  const values = keys.map(newRange);
  const wanted = keys.map((key, at) => ({ bytes: Buffer.from(key), at }));
  /** Of each length those that have it. */
  const ofLength = Array.from({ length: MAX_KEY_BYTES + 1 }, (_, length) =>
    wanted.filter(({ bytes }) => bytes.length === length),
  );
  const pair = newKeyValue();

  const lookSlowly = (wire: Wire, start: number, end: number): void => {
    readKeyValue(pair, wire, start, end);
    const { key, value } = pair;
    const found = ofLength[key.end - key.start]?.find(({ bytes }) => isAt(wire.bytes, key.start, bytes));
    if (found === undefined) return;
    const range = values[found.at];
    if (range !== undefined) copyRange(range, value);
  };

  return {
    values,
    clear() {
      for (const range of values) clearRange(range);
    },
    look(wire, start, end) {
      const { bytes } = wire;
      const length = bytes[start + 1] ?? 0;
      // Fast path: a short key comes first, as every encoder has it.
      if (bytes[start] !== KEY || length > MAX_KEY_BYTES || start + 2 + length > end)
        return lookSlowly(wire, start, end);
      const candidates = ofLength[length];
      if (candidates === undefined || candidates.length === 0) return;
      for (const candidate of candidates) {
        if (!isAt(bytes, start + 2, candidate.bytes)) continue;
        const range = values[candidate.at];
        if (range === undefined) return;
        clearRange(range);
        wire.pos = start + 2 + length;
        for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) if (tag === VALUE) takeField(range, wire);
        return;
      }
    },
  };
}

/** Keys begin alike and end differently. */
function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = wanted.length - 1; at >= 0; at--) if (bytes[start + at] !== wanted[at]) return false;
  return true;
}

function copyRange(to: Range, from: Range): void {
  to.start = from.start;
  to.end = from.end;
}

/** Holds nothing between two calls. */
const scratch = stringColumn();

/** The text of the AnyValue that the range is, as it is stored; "" for an empty range. Moves the wire. */
export function anyValueText(wire: Wire, range: Range): string {
  if (range.start === range.end) return "";
  scratch.length = 0;
  appendAnyValue(scratch, wire, range.start, range.end);
  // A length of up to five bytes stands before the text.
  let start = 0;
  while ((scratch.bytes[start] ?? 0) > 127) start += 1;
  return textOfBytes(scratch.bytes, start + 1, scratch.length);
}

/** The UTF-8 text of some bytes. */
export function textOfBytes(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
