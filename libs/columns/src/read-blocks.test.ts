import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { arrayColumn } from "./column.ts";
import { appendIndex, internText, lowCardinalityColumn } from "./low-cardinality-column.ts";
import { endMap, mapColumn } from "./map-column.ts";
import { encodeBlock } from "./native-block.ts";
import { nullableColumn, setNull, setPresent } from "./nullable-column.ts";
import { endArray } from "./offsets.ts";
import { appendFloat64, appendText, appendUint16, float64Column, stringColumn, uint16Column } from "./plain-column.ts";
import { type ReadBlock, type ReadColumn, readBlocks } from "./read-blocks.ts";
import { newTable } from "./table.ts";

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, size: number): Promise<ReadBlock[]> {
  const blocks: ReadBlock[] = [];
  for await (const block of readBlocks(piecesOf(bytes, size), { failure })) blocks.push(block);
  return blocks;
}

function failure(text: string): Error {
  return new AppError("resource_exhausted", text.trim());
}

/** The rows of a column as plain values. */
function rowsOf(column: ReadColumn): unknown[] {
  switch (column.kind) {
    case "numbers":
    case "texts":
      return [...column.values];
    case "coded":
      return Array.from(column.codes, (code) => column.keys[code]);
    case "nullable":
      return rowsOf(column.items).map((value, row) => (column.nulls[row] === 1 ? null : value));
    case "array":
      return cut(column.ends, rowsOf(column.items));
    case "map": {
      const values = rowsOf(column.values);
      return cut(
        column.ends,
        rowsOf(column.keys).map((key, at) => [key, values[at]]),
      );
    }
  }
}

function cut(ends: BigUint64Array, items: readonly unknown[]): unknown[][] {
  return Array.from(ends, (end, row) => items.slice(Number(ends[row - 1] ?? 0n), Number(end)));
}

/** Two rows of every kind of column. */
function block(): Uint8Array {
  const columns = {
    value: float64Column(),
    text: stringColumn(),
    kind: lowCardinalityColumn(),
    labels: mapColumn(),
    sizes: arrayColumn(uint16Column()),
    perhaps: nullableColumn(float64Column()),
  };
  const table = newTable(columns);
  for (const row of [0, 1]) {
    appendFloat64(columns.value, row + 0.5);
    appendText(columns.text, "é".repeat(row * 200));
    appendIndex(columns.kind, internText(columns.kind, row === 0 ? "gauge" : "sum"));
    for (let at = 0; at < row + 1; at++) {
      appendIndex(columns.labels.keys, internText(columns.labels.keys, `key${at}`));
      appendText(columns.labels.values, `value${row}${at}`);
    }
    endMap(columns.labels);
    appendUint16(columns.sizes.items, 1000 + row);
    if (row === 1) appendUint16(columns.sizes.items, 7);
    endArray(columns.sizes.offsets, row === 1 ? 2 : 1);
    appendFloat64(columns.perhaps.values, 2);
    if (row === 0) setNull(columns.perhaps);
    else setPresent(columns.perhaps);
    table.rows += 1;
  }
  return Buffer.concat(encodeBlock(table));
}

test("blocks are read whole, whatever pieces they come in", async () => {
  const bytes = Buffer.concat([block(), block()]);
  for (const size of [1, 3, 17, 64, bytes.length]) {
    const blocks = await readAll(bytes, size);
    assert.equal(blocks.length, 2);
    for (const { rows, column } of blocks) {
      assert.equal(rows, 2);
      assert.deepEqual(rowsOf(column("value")), [0.5, 1.5]);
      assert.deepEqual(rowsOf(column("text")), ["", "é".repeat(200)]);
      assert.deepEqual(rowsOf(column("kind")), ["gauge", "sum"]);
      assert.deepEqual(rowsOf(column("labels")), [
        [["key0", "value00"]],
        [
          ["key0", "value10"],
          ["key1", "value11"],
        ],
      ]);
      assert.deepEqual(rowsOf(column("sizes")), [[1000], [1001, 7]]);
      assert.deepEqual(rowsOf(column("perhaps")), [null, 2]);
    }
  }
});

test("an answer that breaks off is an outage, wherever it does", async () => {
  const bytes = block();
  for (let end = 1; end < bytes.length; end++) {
    await assert.rejects(readAll(bytes.subarray(0, end), 50), (thrown) => AppError.from(thrown).code === "unavailable");
  }
});

test("a failure behind a block is told, whatever pieces it comes in", async () => {
  const told = "\r\n__exception__\r\nabc\r\nCode: 241. DB::Exception: too much\r\n__exception__\r\n";
  const bytes = Buffer.concat([block(), Buffer.from(told)]);
  for (const size of [1, 7, bytes.length]) {
    const blocks: ReadBlock[] = [];
    const reading = async () => {
      for await (const one of readBlocks(piecesOf(bytes, size), { failure })) blocks.push(one);
    };
    await assert.rejects(reading, { code: "resource_exhausted", message: /Code: 241.*too much/ });
    assert.equal(blocks.length, 1);
  }
});

test("a column that was not asked for is named", async () => {
  const [first] = await readAll(block(), 1000);
  assert.throws(() => first?.column("valeu"), /cannot read the column valeu: got value, text, kind/);
});

test("who stops early ends what the pieces come from, which would wait for its reader for ever", async () => {
  let ended = false;
  async function* pieces() {
    try {
      for (;;) yield block();
    } finally {
      ended = true;
    }
  }
  for await (const { rows } of readBlocks(pieces(), { failure })) {
    assert.equal(rows, 2);
    break;
  }
  assert.ok(ended);
});
