import {
  appendEmptyString,
  appendString,
  appendText,
  type PlainColumn,
  reserve,
  stringColumn,
} from "@sightline/columns/plain-column";
import { BOOL_VALUE, DOUBLE_VALUE, findValue, INT_VALUE, STRING_VALUE } from "./any-value.ts";
import { appendJson } from "./any-value-json.ts";
import { int64Text } from "./int64-text.ts";
import { endOfVarint, readVarint64, type Wire } from "./wire.ts";

/** Where JSON is made before its length is known. Holds nothing between two calls. */
const json = stringColumn();

/**
 * Appends the AnyValue from `start` to `end` as a string: strings as they are; integers, doubles and booleans as JSON
 * writes them (NaN, Infinity and -Infinity by these names); arrays, maps and bytes as JSON; nothing as "".
 */
export function appendAnyValue(column: PlainColumn, wire: Wire, start: number, end: number): void {
  const { bytes } = wire;
  if (bytes[start] === INT_VALUE && end - start >= 2 && endOfVarint(bytes, start + 1, end) === end) {
    // Fast path: an integer and nothing else.
    readVarint64(wire, start + 1);
    appendInt64Text(column, wire.low, wire.high);
    return;
  }
  switch (findValue(wire, start, end)) {
    case STRING_VALUE:
      appendString(column, wire.view, wire.start, wire.pos);
      break;
    case INT_VALUE:
      readVarint64(wire, wire.start);
      appendInt64Text(column, wire.low, wire.high);
      break;
    case BOOL_VALUE:
      readVarint64(wire, wire.start);
      appendText(column, (wire.low | wire.high) === 0 ? "false" : "true");
      break;
    case DOUBLE_VALUE:
      appendText(column, String(wire.view.getFloat64(wire.start, true)));
      break;
    case 0:
      appendEmptyString(column);
      break;
    default:
      json.length = 0;
      appendJson(json, wire, start, end);
      appendString(column, json.view, 0, json.length);
  }
}

const ZERO = 48;
const MINUS = 45;

/** Appends the digits of a signed 64-bit integer as a string. */
function appendInt64Text(column: PlainColumn, low: number, high: number): void {
  if (high !== low >> 31) {
    appendText(column, int64Text(low, high));
    return;
  }
  // Fits 32 bits, as nearly all do: no JavaScript string.
  reserve(column, 12);
  const { bytes } = column;
  const first = column.length + (low < 0 ? 2 : 1);
  let rest = Math.abs(low);
  const end = first + digits(rest);
  bytes[column.length] = end - column.length - 1;
  bytes[first - 1] = low < 0 ? MINUS : end - first;
  for (let i = end - 1; i >= first; i--) {
    const tens = (rest / 10) | 0;
    bytes[i] = ZERO + (rest - tens * 10);
    rest = tens;
  }
  column.length = end;
}

/** How many digits a number up to 2^31 has. */
function digits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
