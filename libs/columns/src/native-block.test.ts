import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { arrayColumn } from "./column.ts";
import { appendIndex, appendIndexTimes, internText, lowCardinalityColumn } from "./low-cardinality-column.ts";
import { endMap, endMapTimes, type MapColumn, mapColumn } from "./map-column.ts";
import { encodeBlock, piecesBytes } from "./native-block.ts";
import { nullableColumn, setNull, setPresent } from "./nullable-column.ts";
import { endArray } from "./offsets.ts";
import {
  appendBigint,
  appendEightBytes,
  appendEmptyString,
  appendFixed,
  appendFloat64,
  appendInteger,
  appendRaw,
  appendRawText,
  appendRepeated,
  appendString,
  appendText,
  appendUint8,
  appendUint16,
  appendUint32,
  appendUuid,
  appendWords,
  boolColumn,
  dateTime64Column,
  fixedStringColumn,
  float64Column,
  int32Column,
  int64Column,
  type PlainColumn,
  stringColumn,
  uint8Column,
  uint16Column,
  uint32Column,
  uint64Column,
  uuidColumn,
} from "./plain-column.ts";
import { columnTypes, markTable, newTable, resetTable, rollbackTable, tableBytes } from "./table.ts";
import { readBlock, readRows, type Value } from "./testing/native-reader.ts";

const view = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const ID = Buffer.from("0192f0c4aabb7cdd8eff001122334455", "hex");
const STALE = Buffer.from("020000000000f07f", "hex");

interface Example {
  readonly column: PlainColumn;
  readonly append: (column: PlainColumn) => void;
  readonly want: Value;
}

const examples: Example[] = [
  { column: stringColumn(), append: (c) => appendString(c, view(Buffer.from("<héllo>")), 1, 7), want: "héllo" },
  { column: stringColumn(), append: (c) => appendText(c, "x".repeat(300)), want: "x".repeat(300) },
  { column: stringColumn(), append: (c) => appendText(c, "häßlich €"), want: "häßlich €" },
  { column: stringColumn(), append: appendEmptyString, want: "" },
  { column: uint8Column(), append: (c) => appendUint8(c, 255), want: 255 },
  { column: boolColumn(), append: (c) => appendUint8(c, 1), want: true },
  { column: uint16Column(), append: (c) => appendUint16(c, 65_535), want: 65_535 },
  { column: uint32Column(), append: (c) => appendUint32(c, 4_294_967_295), want: 4_294_967_295 },
  { column: int32Column(), append: (c) => appendUint32(c, -2), want: -2 },
  { column: uint64Column(), append: (c) => appendWords(c, -1, -1), want: 2n ** 64n - 1n },
  { column: uint64Column(), append: (c) => appendInteger(c, 2 ** 53), want: 2n ** 53n },
  { column: int64Column(), append: (c) => appendInteger(c, -(2 ** 40) - 1), want: -(2n ** 40n) - 1n },
  { column: int64Column(), append: (c) => appendBigint(c, -(2n ** 63n)), want: -(2n ** 63n) },
  { column: float64Column(), append: (c) => appendFloat64(c, -0.1), want: -0.1 },
  {
    column: dateTime64Column(9),
    append: (c) => appendBigint(c, 1_700_000_000_123_456_789n),
    want: 1_700_000_000_123_456_789n,
  },
  { column: fixedStringColumn(4), append: (c) => appendFixed(c, view(Buffer.from("abcdef")), 1), want: "bcde" },
  { column: uuidColumn(), append: (c) => appendUuid(c, view(ID), 0), want: "0192f0c4-aabb-7cdd-8eff-001122334455" },
];

test("a value of every plain type is read back, the first and after growing", () => {
  for (const { column, append, want } of examples) {
    const table = newTable({ column });
    for (; table.rows < 5000; table.rows++) append(column);
    const [read] = readBlock(encodeBlock(table)).columns;
    assert.equal(read?.type, column.type);
    assert.ok(
      read?.values.every((value) => value === want),
      `${column.type} ${String(want)}`,
    );
  }
});

test("the bits of a NaN are kept", () => {
  const column = float64Column();
  appendEightBytes(column, view(STALE), 0);
  assert.deepEqual(Buffer.from(column.bytes.subarray(0, 8)), STALE);
});

test("a value can be made of parts", () => {
  const column = stringColumn();
  appendRawText(column, "\u0005");
  appendRaw(column, view(Buffer.from("abc")), 1, 3);
  appendRawText(column, "é!");
  const table = newTable({ column });
  table.rows = 1;
  assert.deepEqual(readRows(encodeBlock(table)), [{ column: "bcé!" }]);
});

test("indices of LowCardinality widen as its dictionary grows", () => {
  for (const distinct of [1, 256, 257, 65_536, 65_537, 70_000]) {
    const table = newTable({ column: lowCardinalityColumn() });
    const { column } = table.columns;
    const want = Array.from({ length: distinct }, (_, i) => `v${i}`);
    for (const text of want) appendIndex(column, internText(column, text));
    appendIndexTimes(column, 0, 3);
    table.rows = distinct + 3;
    const [read] = readBlock(encodeBlock(table)).columns;
    assert.deepEqual(read?.values, [...want, "v0", "v0", "v0"]);
  }
});

function appendEntry(map: MapColumn, key: string, value: string): void {
  appendIndex(map.keys, internText(map.keys, key));
  appendText(map.values, value);
}

/** A table with columns in columns; row n has n entries and items. */
function nestedTable(rows: number) {
  const items = uint64Column();
  const table = newTable({
    map: mapColumn(),
    empty: mapColumn(),
    names: arrayColumn(lowCardinalityColumn(), items),
    maps: arrayColumn(mapColumn(), items),
    numbers: arrayColumn(float64Column()),
    maybe: nullableColumn(int32Column()),
  });
  for (; table.rows < rows; table.rows++) appendNestedRow(table.columns, table.rows);
  return table;
}

function appendNestedRow(columns: ReturnType<typeof nestedTable>["columns"], row: number): void {
  const { map, empty, names, maps, numbers, maybe } = columns;
  for (let i = 0; i < row; i++) {
    appendEntry(map, `k${i}`, `v${row}`);
    appendIndex(names.items, internText(names.items, `n${i}`));
    appendEntry(maps.items, "key", `v${i}`);
    endMap(maps.items);
    appendFloat64(numbers.items, i / 2);
  }
  endMap(map);
  endMap(empty);
  endArray(names.offsets, row);
  endArray(numbers.offsets, row);
  appendUint32(maybe.values, row);
  if (row % 2 === 0) setPresent(maybe);
  else setNull(maybe);
}

const nestedRow = (row: number) => {
  const each = <T>(make: (i: number) => T) => Array.from({ length: row }, (_, i) => make(i));
  return {
    map: each((i) => [`k${i}`, `v${row}`]),
    empty: [],
    names: each((i) => `n${i}`),
    maps: each((i) => [["key", `v${i}`]]),
    numbers: each((i) => i / 2),
    maybe: row % 2 === 0 ? row : null,
  };
};

test("maps, arrays, Nested and Nullable are read back", () => {
  assert.deepEqual(readRows(encodeBlock(nestedTable(5))), [0, 1, 2, 3, 4].map(nestedRow));
});

test("rows that are all alike can be appended at once", () => {
  for (const entries of [0, 1, 3]) {
    for (const times of [1, 2, 3, 1000]) {
      const table = newTable({ map: mapColumn(), text: stringColumn() });
      const { map, text } = table.columns;
      appendEntry(map, "first", "row");
      endMap(map);
      appendText(text, "first");
      const [valuesStart, textStart] = [map.values.length, text.length];
      for (let i = 0; i < entries; i++) appendEntry(map, `k${i}`, `v${i}`);
      endMapTimes(map, valuesStart, times);
      appendText(text, "again");
      appendRepeated(text, textStart, times - 1);
      table.rows = 1 + times;
      const want = { map: Array.from({ length: entries }, (_, i) => [`k${i}`, `v${i}`]), text: "again" };
      const first = { map: [["first", "row"]], text: "first" };
      assert.deepEqual(readRows(encodeBlock(table)), [first, ...Array.from({ length: times }, () => want)]);
    }
  }
});

test("rows after a mark can be taken back, however far their dictionaries grew", () => {
  const table = nestedTable(3);
  const before = encodeBlock(table).map((piece) => Buffer.from(piece));
  markTable(table);
  for (let row = 3; row < 400; row++) appendNestedRow(table.columns, row % 300);
  table.rows = 400;
  rollbackTable(table);
  assert.deepEqual(readRows(encodeBlock(table)), readRows(before));
  appendNestedRow(table.columns, 3);
  table.rows++;
  assert.deepEqual(readRows(encodeBlock(table)).at(-1), nestedRow(3));
});

test("a table that was reset gives the same bytes as a new one", () => {
  const used = nestedTable(300);
  resetTable(used);
  assert.equal(tableBytes(used), 0);
  for (; used.rows < 4; used.rows++) appendNestedRow(used.columns, used.rows);
  assert.deepEqual(Buffer.concat(encodeBlock(used)), Buffer.concat(encodeBlock(nestedTable(4))));
});

test("a block of no rows has its columns", () => {
  const table = nestedTable(0);
  const { rows, columns } = readBlock(encodeBlock(table));
  assert.equal(rows, 0);
  assert.deepEqual(Object.fromEntries(columns.map(({ name, type }) => [name, type])), columnTypes(table));
});

test("a column with too few rows makes no block", () => {
  const table = newTable({ id: uint64Column(), map: mapColumn() });
  appendWords(table.columns.id, 1, 0);
  table.rows = 1;
  assert.throws(() => encodeBlock(table), new AppError("internal", "cannot encode column map: got 0 rows, want 1"));
});

test("the pieces' size is told", () => {
  const pieces = encodeBlock(nestedTable(5));
  assert.equal(piecesBytes(pieces), Buffer.concat(pieces).length);
});
