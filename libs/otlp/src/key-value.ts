import { KEY, VALUE } from "./any-value.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { next, type Wire } from "./wire.ts";

/** Where the parts of a KeyValue are: the bytes of its key and those of its AnyValue. */
export interface KeyValue {
  readonly key: Range;
  readonly value: Range;
}

export function newKeyValue(): KeyValue {
  return { key: newRange(), value: newRange() };
}

/** Finds the parts of the KeyValue from `start` to `end`, whatever the order of its fields. A missing part is empty. */
export function readKeyValue(pair: KeyValue, wire: Wire, start: number, end: number): void {
  clearRange(pair.key);
  clearRange(pair.value);
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === KEY) takeField(pair.key, wire);
    else if (tag === VALUE) takeField(pair.value, wire);
  }
}
