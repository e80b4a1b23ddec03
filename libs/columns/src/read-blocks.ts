import { AppError } from "@sightline/errors/app-error";
import { type IncomingBytes, incomingBytes } from "./incoming-bytes.ts";
import { type Numbers, type ReadType, readType } from "./read-type.ts";

/** The values of a column, one for each row. */
export type ReadColumn =
  | { readonly kind: "numbers"; readonly values: Numbers }
  | { readonly kind: "texts"; readonly values: readonly string[] }
  /** Numbers that stand once each in `keys`; `codes` says for each row which of them is meant. */
  | { readonly kind: "coded"; readonly keys: Numbers; readonly codes: Codes }
  /** `ends`: for each row how many items there are up to its end. */
  | { readonly kind: "array"; readonly ends: BigUint64Array; readonly items: ReadColumn }
  | { readonly kind: "map"; readonly ends: BigUint64Array; readonly keys: ReadColumn; readonly values: ReadColumn }
  /** `nulls`: 1 where there is no value. */
  | { readonly kind: "nullable"; readonly nulls: Uint8Array; readonly items: ReadColumn };

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** Rows as they come from ClickHouse. */
export interface ReadBlock {
  readonly rows: number;
  /** Throws AppError `internal` when there is no such column. */
  column(name: string): ReadColumn;
}

export interface BlockOptions {
  /** Makes an error of what a server says that failed when its answer had begun. */
  readonly failure: (text: string) => Error;
}

/** With what a server begins to say that it failed, between two blocks (ClickHouse since 25.11). */
const FAILURE = "\r\n__exception__\r\n";
const MAX_FAILURE_BYTES = 64 * 1024;

/**
 * Reads ClickHouse's Native format (docs: interfaces/formats/Native; ClickHouse `src/Formats/NativeReader.cpp`), as it comes
 * over HTTP, block by block; who stops early ends the answer. Numbers are read in whole columns, which takes 24 bytes of a
 * sample a few nanoseconds.
 *
 * @throws AppError unavailable when the bytes end within a block; the failure that a server tells of instead of another block
 */
export async function* readBlocks(
  pieces: AsyncIterable<Uint8Array>,
  { failure }: BlockOptions,
): AsyncGenerator<ReadBlock, undefined> {
  const bytes = incomingBytes(pieces);
  try {
    while (await bytes.more()) {
      if (await bytes.startsWith(FAILURE)) throw failure(await bytes.rest(MAX_FAILURE_BYTES));
      const count = await bytes.length();
      const rows = await bytes.length();
      const columns = new Map<string, ReadColumn>();
      for (let column = 0; column < count; column++) {
        const [name = "", typeName = ""] = await bytes.texts(2);
        const type = readType(typeName);
        columns.set(name, rows === 0 ? empty(type) : await readColumn(bytes, type, rows));
      }
      yield { rows, column: (name) => columns.get(name) ?? noColumn(name, columns) };
    }
  } finally {
    await bytes.close();
  }
}

function noColumn(name: string, columns: ReadonlyMap<string, unknown>): never {
  throw new AppError("internal", `cannot read the column ${name}: got ${[...columns.keys()].join(", ")}`);
}

async function readColumn(bytes: IncomingBytes, type: ReadType, rows: number): Promise<ReadColumn> {
  // The version of each dictionary's form stands before the data of the whole column.
  for (let left = dictionaries(type); left > 0; left--) await bytes.take(8);
  return await readData(bytes, type, rows);
}

function dictionaries(type: ReadType): number {
  switch (type.kind) {
    case "numbers":
    case "texts":
      return 0;
    case "low-cardinality":
      return 1;
    case "map":
      return dictionaries(type.keys) + dictionaries(type.values);
    case "array":
    case "nullable":
      return dictionaries(type.items);
  }
}

async function readData(bytes: IncomingBytes, type: ReadType, rows: number): Promise<ReadColumn> {
  switch (type.kind) {
    case "numbers":
      return { kind: "numbers", values: type.view(await bytes.take(rows * type.width)) };
    case "texts":
      return { kind: "texts", values: await bytes.texts(rows) };
    case "array": {
      const ends = new BigUint64Array(await bytes.take(rows * 8));
      return { kind: "array", ends, items: await readData(bytes, type.items, Number(ends[rows - 1] ?? 0n)) };
    }
    case "map": {
      const ends = new BigUint64Array(await bytes.take(rows * 8));
      const count = Number(ends[rows - 1] ?? 0n);
      const keys = await readData(bytes, type.keys, count);
      return { kind: "map", ends, keys, values: await readData(bytes, type.values, count) };
    }
    case "nullable": {
      const nulls = new Uint8Array(await bytes.take(rows));
      return { kind: "nullable", nulls, items: await readData(bytes, type.items, rows) };
    }
    case "low-cardinality":
      return rows === 0 ? empty(type) : await readDictionary(bytes, type.items);
  }
}

/** What stands once each in a dictionary that comes with the block, and the places of the rows in it. */
async function readDictionary(bytes: IncomingBytes, items: ReadType): Promise<ReadColumn> {
  const [flags = 0n, keyCount = 0n] = new BigUint64Array(await bytes.take(16));
  const keys = await readData(bytes, items, Number(keyCount));
  const [rows = 0n] = new BigUint64Array(await bytes.take(8));
  const codes = await readCodes(bytes, Number(flags & 0xffn), Number(rows));
  if (keys.kind === "numbers") return { kind: "coded", keys: keys.values, codes };
  if (keys.kind !== "texts")
    throw new AppError("internal", "cannot read a dictionary of anything but texts and numbers");
  return { kind: "texts", values: Array.from(codes, (code) => keys.values[code] ?? "") };
}

/** @param width 0 to 2: a byte, two or four of them; a block has fewer rows than would need more */
async function readCodes(bytes: IncomingBytes, width: number, rows: number): Promise<Codes> {
  const taken = await bytes.take(rows * 2 ** width);
  if (width === 0) return new Uint8Array(taken);
  if (width === 1) return new Uint16Array(taken);
  if (width === 2) return new Uint32Array(taken);
  throw new AppError("internal", "cannot read a dictionary whose places are 64 bits wide");
}

function empty(type: ReadType): ReadColumn {
  const ends = new BigUint64Array(0);
  switch (type.kind) {
    case "numbers":
      return { kind: "numbers", values: type.view(new ArrayBuffer(0)) };
    case "texts":
      return { kind: "texts", values: [] };
    case "array":
      return { kind: "array", ends, items: empty(type.items) };
    case "map":
      return { kind: "map", ends, keys: empty(type.keys), values: empty(type.values) };
    case "nullable":
      return { kind: "nullable", nulls: new Uint8Array(0), items: empty(type.items) };
    case "low-cardinality": {
      const keys = empty(type.items);
      return keys.kind === "numbers" ? { kind: "coded", keys: keys.values, codes: new Uint8Array(0) } : keys;
    }
  }
}
