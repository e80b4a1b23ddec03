import { AppError } from "@sightline/errors/app-error";
import { type Column, lowCardinalityParts } from "./column.ts";
import { type LowCardinalityColumn, lowCardinalityRows } from "./low-cardinality-column.ts";
import { appendInteger, appendText, type PlainColumn, reserve, stringColumn, writeVarint } from "./plain-column.ts";
import type { Table } from "./table.ts";

/** SharedDictionariesWithAdditionalKeys: the only version of LowCardinality's serialization. */
const LOW_CARDINALITY_VERSION = 1;
/** The keys come with the block, as additional keys, and replace what was known. */
const LOW_CARDINALITY_FLAGS = 0x600;
const INDEX_TYPE: Readonly<Record<1 | 2 | 4, number>> = { 1: 0, 2: 1, 4: 2 };

/**
 * The table's rows as one block in ClickHouse's Native format (docs: interfaces/formats/Native; ClickHouse
 * `src/Formats/NativeReader.cpp`, `src/DataTypes/Serializations/SerializationLowCardinality.cpp`).
 *
 * The answer is pieces to be sent one after the other. Most of them are the columns' own buffers: send them before the
 * table is reset or appended to. Throws AppError `internal` when a column has not as many rows as the table.
 */
export function encodeBlock(table: Table): Uint8Array[] {
  const { rows } = table;
  const block = newBlock();
  const columns = Object.entries(table.columns);
  writeLength(block.head, columns.length);
  writeLength(block.head, rows);
  for (const [name, column] of columns) {
    checkRows(name, column, rows);
    appendText(block.head, name);
    appendText(block.head, column.type);
    if (rows === 0) continue;
    for (const _ of lowCardinalityParts(column)) appendInteger(block.head, LOW_CARDINALITY_VERSION);
    writeData(block, column);
  }
  flushHead(block);
  return block.pieces;
}

/** How many bytes the pieces have together. */
export function piecesBytes(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}

interface Block {
  readonly pieces: Uint8Array[];
  /** What stands between the columns' buffers is collected here. */
  readonly head: PlainColumn;
  /** How much of `head` is in `pieces` already. */
  sent: number;
}

function newBlock(): Block {
  return { pieces: [], head: stringColumn(), sent: 0 };
}

function writeData(block: Block, column: Column): void {
  switch (column.kind) {
    case "plain":
      writePlain(block, column);
      break;
    case "low-cardinality":
      writeLowCardinality(block, column);
      break;
    case "map":
      writePlain(block, column.offsets);
      writeLowCardinality(block, column.keys);
      writePlain(block, column.values);
      break;
    case "array":
      writePlain(block, column.offsets);
      writeData(block, column.items);
      break;
    case "nullable":
      writePlain(block, column.nulls);
      writePlain(block, column.values);
      break;
  }
}

function writeLowCardinality(block: Block, column: LowCardinalityColumn): void {
  const rows = lowCardinalityRows(column);
  if (rows === 0) return;
  appendInteger(block.head, INDEX_TYPE[column.indexWidth] | LOW_CARDINALITY_FLAGS);
  appendInteger(block.head, column.dictionary.count);
  writePlain(block, column.dictionary.keys);
  appendInteger(block.head, rows);
  writePlain(block, column.indices);
}

function writePlain(block: Block, column: PlainColumn): void {
  if (column.length === 0) return;
  flushHead(block);
  block.pieces.push(column.bytes.subarray(0, column.length));
}

function flushHead(block: Block): void {
  const { head } = block;
  if (head.length === block.sent) return;
  block.pieces.push(head.bytes.subarray(block.sent, head.length));
  block.sent = head.length;
}

function writeLength(head: PlainColumn, value: number): void {
  reserve(head, 10);
  head.length = writeVarint(head.bytes, head.length, value);
}

/** A column with a row too many or too few would shift all that follow it: better no block than a wrong one. */
function checkRows(name: string, column: Column, rows: number): void {
  const got = countRows(column);
  if (got === undefined || got === rows) return;
  throw new AppError("internal", `cannot encode column ${name}: got ${got} rows, want ${rows}`);
}

/** The rows of a column; undefined for strings, which only reading them through would tell. */
function countRows(column: Column): number | undefined {
  switch (column.kind) {
    case "plain":
      return column.width === 0 ? undefined : column.length / column.width;
    case "low-cardinality":
      return lowCardinalityRows(column);
    case "map":
    case "array":
      return column.offsets.length / 8;
    case "nullable":
      return column.nulls.length;
  }
}
