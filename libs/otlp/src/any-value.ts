import { FIXED64, LENGTH, next, tagOf, VARINT, type Wire } from "./wire.ts";

/** The fields of opentelemetry.proto.common.v1.AnyValue that hold a value outside of profiles. */
export const STRING_VALUE = tagOf(1, LENGTH);
export const BOOL_VALUE = tagOf(2, VARINT);
export const INT_VALUE = tagOf(3, VARINT);
export const DOUBLE_VALUE = tagOf(4, FIXED64);
export const ARRAY_VALUE = tagOf(5, LENGTH);
export const KVLIST_VALUE = tagOf(6, LENGTH);
export const BYTES_VALUE = tagOf(7, LENGTH);

/** The fields of opentelemetry.proto.common.v1.KeyValue. */
export const KEY = tagOf(1, LENGTH);
export const VALUE = tagOf(2, LENGTH);

/** ArrayValue.values and KeyValueList.values. */
export const VALUES = tagOf(1, LENGTH);

/** How deep arrays and maps may be nested in each other. */
export const MAX_VALUE_DEPTH = 32;

/**
 * Finds the value in the AnyValue from `start` to `end` and returns its tag; it then stands from `wire.start` to
 * `wire.pos`. Of several the last one counts, as in every oneof. 0 when there is none.
 */
export function findValue(wire: Wire, start: number, end: number): number {
  let found = 0;
  let foundStart = start;
  let foundEnd = start;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (!isValue(tag)) continue;
    found = tag;
    foundStart = wire.start;
    foundEnd = wire.pos;
  }
  wire.start = foundStart;
  wire.pos = foundEnd;
  return found;
}

function isValue(tag: number): boolean {
  switch (tag) {
    case STRING_VALUE:
    case BOOL_VALUE:
    case INT_VALUE:
    case DOUBLE_VALUE:
    case ARRAY_VALUE:
    case KVLIST_VALUE:
    case BYTES_VALUE:
      return true;
    default:
      return false;
  }
}
