import { type Column, lowCardinalityParts, plainParts } from "./column.ts";
import { resetDictionary } from "./dictionary.ts";
import type { LowCardinalityColumn } from "./low-cardinality-column.ts";
import type { PlainColumn } from "./plain-column.ts";

/** The columns of a table by name, in the order in which a block carries them. */
export type Columns = Readonly<Record<string, Column>>;

/** Columns that are filled, sent and emptied together. */
export interface Table<C extends Columns = Columns> {
  readonly columns: C;
  /** Rows in all columns; counted by whoever appends them. */
  rows: number;
  /** The number of rows to go back to. */
  markRows: number;
  readonly plain: readonly PlainColumn[];
  readonly interned: readonly LowCardinalityColumn[];
}

export function newTable<C extends Columns>(columns: C): Table<C> {
  const all = Object.values(columns);
  return {
    columns,
    rows: 0,
    markRows: 0,
    plain: [...new Set(all.flatMap(plainParts))],
    interned: all.flatMap(lowCardinalityParts),
  };
}

/** Empties the columns; their buffers stay for the next batch. */
export function resetTable(table: Table): void {
  table.rows = 0;
  for (const column of table.plain) column.length = 0;
  for (const column of table.interned) {
    resetDictionary(column.dictionary);
    column.indexWidth = 1;
  }
}

/** Remembers what the columns hold, for `rollbackTable`. */
export function markTable(table: Table): void {
  table.markRows = table.rows;
  for (const column of table.plain) column.mark = column.length;
}

/** Takes away what was appended since `markTable`. Strings that dictionaries learned meanwhile stay in them, unused. */
export function rollbackTable(table: Table): void {
  table.rows = table.markRows;
  for (const column of table.plain) column.length = column.mark;
}

/** How many bytes the columns hold, about as many as their block will have. */
export function tableBytes(table: Table): number {
  let total = 0;
  for (const column of table.plain) total += column.length;
  for (const column of table.interned) total += column.dictionary.keys.length;
  return total;
}

/** The ClickHouse types of the columns, by name and in order. */
export function columnTypes(table: Table): Record<string, string> {
  return Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, column.type]));
}
