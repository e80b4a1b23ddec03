import { type LowCardinalityColumn, lowCardinalityColumn, lowCardinalityRows } from "./low-cardinality-column.ts";
import { offsetsTotal } from "./offsets.ts";
import { appendRepeated, appendWords, type PlainColumn, stringColumn, uint64Column } from "./plain-column.ts";

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

/**
 * Ends `times` rows that are all alike, at least one: their entries are what was appended to `keys` and `values` since
 * the last row, when `values` was `valuesStart` bytes long.
 */
export function endMapTimes(column: MapColumn, valuesStart: number, times: number): void {
  const { keys, values, offsets } = column;
  const before = offsetsTotal(offsets);
  const entries = lowCardinalityRows(keys) - before;
  appendRepeated(keys.indices, before * keys.indexWidth, times - 1);
  appendRepeated(values, valuesStart, times - 1);
  for (let row = 1; row <= times; row++) appendWords(offsets, before + row * entries, 0);
}
