// The columns of a block by the type that a statement of ours gives them. Each throws AppError `internal` when it is another.
import type { Codes, ReadBlock, ReadColumn } from "@sightline/columns/read-blocks";
import { AppError } from "@sightline/errors/app-error";

export function doubles(block: ReadBlock, name: string): Float64Array {
  const column = block.column(name);
  if (column.kind !== "numbers" || !(column.values instanceof Float64Array)) throw unexpected(name);
  return column.values;
}

/** Integers of 32 bits and less. */
export function integers(block: ReadBlock, name: string): ArrayLike<number> {
  const column = block.column(name);
  if (column.kind !== "numbers") throw unexpected(name);
  const { values } = column;
  if (values instanceof BigUint64Array || values instanceof BigInt64Array) throw unexpected(name);
  return values;
}

/** Answers the doubles of a row's array. */
export function doubleArrays(block: ReadBlock, name: string): (row: number) => Float64Array {
  const { ends, items } = arrays(block, name);
  if (items.kind !== "numbers" || !(items.values instanceof Float64Array)) throw unexpected(name);
  const { values } = items;
  return (row) => values.subarray(Number(ends[row - 1] ?? 0n), Number(ends[row] ?? 0n));
}

export function texts(block: ReadBlock, name: string): readonly string[] {
  const column = block.column(name);
  if (column.kind !== "texts") throw unexpected(name);
  return column.values;
}

/** Answers the entries of a row's map. */
export function textMaps(block: ReadBlock, name: string): (row: number) => ReadonlyMap<string, string> {
  const column = block.column(name);
  if (column.kind !== "map" || column.keys.kind !== "texts" || column.values.kind !== "texts") throw unexpected(name);
  const { ends } = column;
  const keys = column.keys.values;
  const values = column.values.values;
  return (row) => {
    const map = new Map<string, string>();
    const end = Number(ends[row] ?? 0n);
    for (let at = Number(ends[row - 1] ?? 0n); at < end; at++) map.set(keys[at] ?? "", values[at] ?? "");
    return map;
  };
}

export function bigints(block: ReadBlock, name: string): BigUint64Array {
  const column = block.column(name);
  if (column.kind !== "numbers" || !(column.values instanceof BigUint64Array)) throw unexpected(name);
  return column.values;
}

/** Unsigned integers of 64 bits of which there are few, and which of them each row has. */
export function codedBigints(block: ReadBlock, name: string): { readonly keys: BigUint64Array; readonly codes: Codes } {
  const column = block.column(name);
  if (column.kind !== "coded" || !(column.keys instanceof BigUint64Array)) throw unexpected(name);
  return { keys: column.keys, codes: column.codes };
}

function arrays(block: ReadBlock, name: string): Extract<ReadColumn, { kind: "array" }> {
  const column = block.column(name);
  if (column.kind !== "array") throw unexpected(name);
  return column;
}

function unexpected(name: string): AppError {
  return new AppError("internal", `cannot read the column ${name}: it has another type than its statement says`);
}
