import { intern } from "@sightline/columns/dictionary";
import { appendIndexTimes, type LowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { appendRepeated, appendString, type PlainColumn } from "@sightline/columns/plain-column";
import type { Wire } from "./wire.ts";

/** A part of the payload; empty when a field is absent. Set again and again, so that loops allocate nothing. */
export interface Range {
  start: number;
  end: number;
}

export function newRange(): Range {
  return { start: 0, end: 0 };
}

export function clearRange(range: Range): void {
  range.start = 0;
  range.end = 0;
}

/** Sets the range to the payload of the field that the wire stands on. */
export function takeField(range: Range, wire: Wire): void {
  range.start = wire.start;
  range.end = wire.pos;
}

/** Appends the string that the range is. */
export function appendRange(column: PlainColumn, wire: Wire, range: Range): void {
  appendString(column, wire.view, range.start, range.end);
}

/** Appends the string that the range is to `rows` rows, at least one. */
export function appendRangeTimes(column: PlainColumn, wire: Wire, range: Range, rows: number): void {
  const start = column.length;
  appendRange(column, wire, range);
  appendRepeated(column, start, rows - 1);
}

/** Appends the string that the range is to `rows` rows of a column with a dictionary. */
export function appendInternedTimes(column: LowCardinalityColumn, wire: Wire, range: Range, rows: number): void {
  appendIndexTimes(column, intern(column.dictionary, wire.view, range.start, range.end), rows);
}

export function rangeEquals(range: Range, wire: Wire, bytes: Uint8Array): boolean {
  if (range.end - range.start !== bytes.length) return false;
  return bytes.every((byte, i) => wire.bytes[range.start + i] === byte);
}
