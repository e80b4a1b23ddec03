import { appendUint8, type PlainColumn, uint8Column } from "./plain-column.ts";

/** Nullable(T) of a plain type. Append a value to `values` and call `setPresent`, or a filler and `setNull`. */
export interface NullableColumn {
  readonly kind: "nullable";
  readonly type: string;
  readonly values: PlainColumn;
  /** 1 for each row that is NULL. */
  readonly nulls: PlainColumn;
}

export function nullableColumn(values: PlainColumn): NullableColumn {
  return { kind: "nullable", type: `Nullable(${values.type})`, values, nulls: uint8Column() };
}

/** The value appended last is the row's. */
export function setPresent(column: NullableColumn): void {
  appendUint8(column.nulls, 0);
}

/** The row is NULL; the value appended last only fills its place. */
export function setNull(column: NullableColumn): void {
  appendUint8(column.nulls, 1);
}
