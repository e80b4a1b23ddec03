import type { LowCardinalityColumn } from "./low-cardinality-column.ts";
import type { MapColumn } from "./map-column.ts";
import type { NullableColumn } from "./nullable-column.ts";
import { type PlainColumn, uint64Column } from "./plain-column.ts";

/** A column of any type. */
export type Column = PlainColumn | LowCardinalityColumn | MapColumn | ArrayColumn | NullableColumn;

/** Array(T). A row is made by appending its items to `items`, then ending it with `endArray`. */
export interface ArrayColumn<T extends Column = Column> {
  readonly kind: "array";
  readonly type: string;
  readonly items: T;
  /** For each row, how many items there are up to its end. The columns of a Nested share one. */
  readonly offsets: PlainColumn;
}

export function arrayColumn<T extends Column>(items: T, offsets: PlainColumn = uint64Column()): ArrayColumn<T> {
  return { kind: "array", type: `Array(${items.type})`, items, offsets };
}

/** The plain columns that hold the rows of a column. */
export function plainParts(column: Column): PlainColumn[] {
  switch (column.kind) {
    case "plain":
      return [column];
    case "low-cardinality":
      return [column.indices];
    case "map":
      return [column.keys.indices, column.values, column.offsets];
    case "array":
      return [...plainParts(column.items), column.offsets];
    case "nullable":
      return [column.values, column.nulls];
  }
}

/** The columns with a dictionary that a column has inside or is. */
export function lowCardinalityParts(column: Column): LowCardinalityColumn[] {
  switch (column.kind) {
    case "plain":
    case "nullable":
      return [];
    case "low-cardinality":
      return [column];
    case "map":
      return [column.keys];
    case "array":
      return lowCardinalityParts(column.items);
  }
}
