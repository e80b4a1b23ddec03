import { appendWords, type PlainColumn } from "./plain-column.ts";

/** How many items there are in all rows of a column of offsets: for each row, the items up to its end. */
export function offsetsTotal(offsets: PlainColumn): number {
  return offsets.length === 0 ? 0 : offsets.view.getUint32(offsets.length - 8, true);
}

/** Ends the row of each array that has these offsets: its items are the `count` last ones. */
export function endArray(offsets: PlainColumn, count: number): void {
  appendWords(offsets, offsetsTotal(offsets) + count, 0);
}
