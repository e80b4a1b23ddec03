import { AppError } from "@sightline/errors/app-error";

/** A column as read back: its name, its type, and for each row a plain JavaScript value. */
export interface ReadColumn {
  readonly name: string;
  readonly type: string;
  readonly values: readonly Value[];
}

/** A map is a list of pairs: it may have a key twice. */
export type Value = string | number | bigint | boolean | null | readonly Value[];

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

/** Reads one block in Native format, for tests of what `encodeBlock` writes. Knows the types of `libs/columns` only. */
export function readBlock(pieces: readonly Uint8Array[]): { rows: number; columns: ReadColumn[] } {
  const reader: Reader = { bytes: Buffer.concat(pieces), at: 0 };
  const count = varint(reader);
  const rows = varint(reader);
  const columns: ReadColumn[] = [];
  for (let i = 0; i < count; i++) {
    const name = text(reader);
    const type = text(reader);
    if (rows > 0 && type.includes("LowCardinality")) expect(words(reader), 1n, "version of LowCardinality");
    columns.push({ name, type, values: rows === 0 ? [] : values(reader, type, rows) });
  }
  expect(BigInt(reader.at), BigInt(reader.bytes.length), "size of the block");
  return { rows, columns };
}

/** The rows of a block as objects. */
export function readRows(pieces: readonly Uint8Array[]): Record<string, Value>[] {
  const block = readBlock(pieces);
  return Array.from({ length: block.rows }, (_, row) =>
    Object.fromEntries(block.columns.map((column) => [column.name, column.values[row] ?? null])),
  );
}

function expect(got: bigint, want: bigint, what: string): void {
  if (got !== want) throw new AppError("internal", `cannot read the block: got ${got} as ${what}, want ${want}`);
}

function values(reader: Reader, type: string, rows: number): Value[] {
  if (type.startsWith("Array(")) {
    return nested(reader, rows, (items) => values(reader, type.slice(6, -1), items));
  }
  if (type.startsWith("Map(")) {
    return nested(reader, rows, (items) => {
      const keys = lowCardinality(reader, items);
      const mapped = Array.from({ length: items }, () => text(reader));
      return keys.map((key, i) => [key, mapped[i] ?? ""]);
    });
  }
  if (type.startsWith("Nullable(")) {
    const nulls = Array.from({ length: rows }, () => byte(reader));
    return values(reader, type.slice(9, -1), rows).map((value, i) => (nulls[i] === 1 ? null : value));
  }
  if (type === "LowCardinality(String)") return lowCardinality(reader, rows);
  return Array.from({ length: rows }, () => scalar(reader, type));
}

function nested(reader: Reader, rows: number, read: (items: number) => Value[]): Value[] {
  const ends = Array.from({ length: rows }, () => Number(words(reader)));
  const items = read(ends.at(-1) ?? 0);
  return ends.map((end, row) => items.slice(ends[row - 1] ?? 0, end));
}

function lowCardinality(reader: Reader, rows: number): string[] {
  if (rows === 0) return [];
  const flags = Number(words(reader));
  const keys = Array.from({ length: Number(words(reader)) }, () => text(reader));
  expect(words(reader), BigInt(rows), "rows of LowCardinality");
  const width = 1 << (flags & 0xff);
  return Array.from({ length: rows }, () => {
    const number = reader.bytes.readUIntLE(reader.at, width);
    reader.at += width;
    const key = keys[number];
    if (key === undefined) throw new AppError("internal", `cannot read the block: got key ${number} of ${keys.length}`);
    return key;
  });
}

function scalar(reader: Reader, type: string): Value {
  const { bytes, at } = reader;
  const step = (width: number) => {
    reader.at += width;
  };
  switch (type) {
    case "String":
      return text(reader);
    case "UInt8":
      return byte(reader);
    case "Bool":
      return byte(reader) === 1;
    case "UInt16":
      step(2);
      return bytes.readUInt16LE(at);
    case "UInt32":
      step(4);
      return bytes.readUInt32LE(at);
    case "Int32":
      step(4);
      return bytes.readInt32LE(at);
    case "UInt64":
      return words(reader);
    case "Float64":
      step(8);
      return bytes.readDoubleLE(at);
    case "UUID":
      step(16);
      return uuid(bytes.subarray(at, at + 16));
    default:
      break;
  }
  if (type === "Int64" || type.startsWith("DateTime64(")) return BigInt.asIntN(64, words(reader));
  const fixed = /^FixedString\((\d+)\)$/.exec(type);
  if (fixed === null) throw new AppError("internal", `cannot read the block: got a column of type ${type}`);
  const width = Number(fixed[1]);
  step(width);
  return bytes.toString("utf8", at, at + width);
}

function uuid(bytes: Buffer): string {
  const high = bytes.readBigUInt64LE(0).toString(16).padStart(16, "0");
  const low = bytes.readBigUInt64LE(8).toString(16).padStart(16, "0");
  return `${high.slice(0, 8)}-${high.slice(8, 12)}-${high.slice(12)}-${low.slice(0, 4)}-${low.slice(4)}`;
}

function byte(reader: Reader): number {
  return reader.bytes.readUInt8(reader.at++);
}

function words(reader: Reader): bigint {
  reader.at += 8;
  return reader.bytes.readBigUInt64LE(reader.at - 8);
}

function varint(reader: Reader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const next = byte(reader);
    value += (next & 127) * scale;
    if (next < 128) return value;
  }
}

function text(reader: Reader): string {
  const size = varint(reader);
  reader.at += size;
  return reader.bytes.toString("utf8", reader.at - size, reader.at);
}
