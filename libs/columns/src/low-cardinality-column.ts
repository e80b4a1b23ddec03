import { type Dictionary, intern, newDictionary } from "./dictionary.ts";
import {
  appendRepeated,
  appendText,
  appendUint8,
  appendUint16,
  appendUint32,
  type PlainColumn,
  stringColumn,
  uint8Column,
} from "./plain-column.ts";

/**
 * LowCardinality(String): a dictionary of the strings of this block and for each row a number into it.
 *
 * The server would take plain strings as well, but blocks of spans are then 60 % larger and cost it 15 % more CPU.
 */
export interface LowCardinalityColumn {
  readonly kind: "low-cardinality";
  readonly type: "LowCardinality(String)";
  readonly dictionary: Dictionary;
  /** The numbers, each of `indexWidth` bytes. */
  readonly indices: PlainColumn;
  /** Grows when the dictionary outgrows it. */
  indexWidth: 1 | 2 | 4;
  /** For texts that are made before they are looked up. */
  readonly scratch: PlainColumn;
}

export function lowCardinalityColumn(): LowCardinalityColumn {
  return {
    kind: "low-cardinality",
    type: "LowCardinality(String)",
    dictionary: newDictionary(),
    indices: uint8Column(),
    indexWidth: 1,
    scratch: stringColumn(),
  };
}

/** Appends the string of the bytes from `start` to `end`. */
export function appendInterned(column: LowCardinalityColumn, source: DataView, start: number, end: number): void {
  appendIndex(column, intern(column.dictionary, source, start, end));
}

/** Appends the string of that number in the column's dictionary: the answer of `intern` or `internText`. */
export function appendIndex(column: LowCardinalityColumn, number: number): void {
  if (column.indexWidth === 1 && number < 256) appendUint8(column.indices, number);
  else appendWideIndex(column, number);
}

function appendWideIndex(column: LowCardinalityColumn, number: number): void {
  if (column.indexWidth === 1) widen(column);
  if (number >= 65536 && column.indexWidth === 2) widen(column);
  if (column.indexWidth === 2) appendUint16(column.indices, number);
  else appendUint32(column.indices, number);
}

/** The number of a JavaScript string in the column's dictionary, for constants that repeat. */
export function internText(column: LowCardinalityColumn, text: string): number {
  column.scratch.length = 0;
  appendText(column.scratch, text);
  return internScratch(column);
}

/** The number of the one string that was appended to `scratch` since its length was set to 0. */
export function internScratch(column: LowCardinalityColumn): number {
  const { bytes, view, length } = column.scratch;
  let start = 1;
  while ((bytes[start - 1] ?? 0) >= 128) start++;
  return intern(column.dictionary, view, start, length);
}

/** Appends the string of that number to `times` rows. */
export function appendIndexTimes(column: LowCardinalityColumn, number: number, times: number): void {
  if (times === 0) return;
  appendIndex(column, number);
  appendRepeated(column.indices, column.indices.length - column.indexWidth, times - 1);
}

/** How many rows it has. */
export function lowCardinalityRows(column: LowCardinalityColumn): number {
  return column.indices.length / column.indexWidth;
}

function widen(column: LowCardinalityColumn): void {
  const { indices, indexWidth } = column;
  const rows = lowCardinalityRows(column);
  const numbers = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    numbers[row] = indexWidth === 1 ? indices.view.getUint8(row) : indices.view.getUint16(row * 2, true);
  }
  column.indexWidth = indexWidth === 1 ? 2 : 4;
  indices.length = 0;
  indices.mark = (indices.mark / indexWidth) * column.indexWidth;
  const append = indexWidth === 1 ? appendUint16 : appendUint32;
  for (const number of numbers) append(indices, number);
}
