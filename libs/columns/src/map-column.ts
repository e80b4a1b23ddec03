import {
  appendIndicesAgain,
  type LowCardinalityColumn,
  lowCardinalityColumn,
  lowCardinalityRows,
} from "./low-cardinality-column.ts";
import { appendAgain, appendWords, type PlainColumn, stringColumn, uint64Column } from "./plain-column.ts";

/**
 * Map(LowCardinality(String), String). A row is made by appending as many keys as values to `keys` and `values`, then
 * ending it with `endMap`.
 */
export interface MapColumn {
  readonly kind: "map";
  readonly type: "Map(LowCardinality(String), String)";
  readonly keys: LowCardinalityColumn;
  readonly values: PlainColumn;
  /** For each row, how many entries there are up to its end. */
  readonly offsets: PlainColumn;
}

export function mapColumn(): MapColumn {
  return {
    kind: "map",
    type: "Map(LowCardinality(String), String)",
    keys: lowCardinalityColumn(),
    values: stringColumn(),
    offsets: uint64Column(),
  };
}

/** Ends the row: its entries are what was appended to `keys` and `values` since the last row. */
export function endMap(column: MapColumn): void {
  appendWords(column.offsets, lowCardinalityRows(column.keys), 0);
}

/** Entries of a map that are to be appended to many rows: where they stand in the column. */
export interface MapEntries {
  firstKey: number;
  keyCount: number;
  valuesStart: number;
  valuesEnd: number;
}

export function newMapEntries(): MapEntries {
  return { firstKey: 0, keyCount: 0, valuesStart: 0, valuesEnd: 0 };
}

/** Remembers the start of the entries that will be appended next. */
export function beginEntries(column: MapColumn, entries: MapEntries): void {
  entries.firstKey = lowCardinalityRows(column.keys);
  entries.valuesStart = column.values.length;
}

/** Remembers the end of the entries that were appended since `beginEntries`. */
export function finishEntries(column: MapColumn, entries: MapEntries): void {
  entries.keyCount = lowCardinalityRows(column.keys) - entries.firstKey;
  entries.valuesEnd = column.values.length;
}

/** Appends a row of entries that stand in the column already. */
export function appendEntriesAgain(column: MapColumn, entries: MapEntries): void {
  if (entries.keyCount > 0) {
    appendIndicesAgain(column.keys, entries.firstKey, entries.keyCount);
    appendAgain(column.values, entries.valuesStart, entries.valuesEnd);
  }
  endMap(column);
}
