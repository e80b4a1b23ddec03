import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { type AheadSelection, createReadsAhead, type ReadAhead } from "./reads-ahead.ts";

const sql = "SELECT samples";
const hints = { stepMs: 0, rangeMs: 0, windowMs: 300_000, function: "", grouping: null, by: false };
const matchers = [{ name: "__name__", operator: "=" as const, value: "up" }];
const context: ReadContext = { tenant: "default", signal: new AbortController().signal };

interface Asked {
  readonly params: Params;
  readonly signal: AbortSignal;
}

/** A database that notes what it is asked, and answers with one block of as many rows as it was asked before. */
function database(fails = false) {
  const asked: Asked[] = [];
  const refuse = () => Promise.reject(new Error("not asked here"));
  const reader: Reader = {
    read: refuse,
    readSystem: refuse,
    readRows() {
      throw new Error("not asked here");
    },
    async *readColumns(_, params, { signal }): AsyncGenerator<ReadBlock> {
      asked.push({ params, signal });
      if (fails) throw new Error("away");
      yield {
        rows: asked.length,
        column: () => {
          throw new Error("without columns");
        },
      };
    },
  };
  return { asked, reader };
}

function selectionTo(endMs: number): AheadSelection {
  return { matchers, hints, startMs: endMs - 300_000, endMs };
}

async function read({ reader }: ReadAhead, params: Params): Promise<number[]> {
  return (await Array.fromAsync(reader.readColumns(sql, params, context))).map(({ rows }) => rows);
}

const paramsTo = (endMs: number) => ({
  metrics: ["up"],
  startMs: endMs - 300_000,
  endMs,
  fingerprints: [7n],
  stepMs: 0,
});

test("what was read the last time is begun before it is asked for, of the times of the selection, and once", async () => {
  const { asked, reader } = database();
  const ahead = createReadsAhead(reader, 10);
  const first = ahead.begin(selectionTo(1_000_000), context);
  assert.equal(asked.length, 0);
  assert.deepEqual(await read(first, paramsTo(1_000_000)), [1]);
  first.end();
  const second = ahead.begin(selectionTo(2_000_000), context);
  assert.deepEqual(asked[1]?.params, paramsTo(2_000_000));
  assert.deepEqual(await read(second, paramsTo(2_000_000)), [2]);
  second.end();
  assert.equal(asked.length, 2);
  assert.equal(asked[1]?.signal.aborted, false);
});

test("what turns out to be something else is read as ever, and what was begun is given up", async () => {
  const { asked, reader } = database();
  const ahead = createReadsAhead(reader, 10);
  const first = ahead.begin(selectionTo(1_000_000), context);
  await read(first, paramsTo(1_000_000));
  first.end();
  const second = ahead.begin(selectionTo(2_000_000), context);
  const others = { ...paramsTo(2_000_000), fingerprints: [7n, 8n] };
  assert.deepEqual(await read(second, others), [3]);
  second.end();
  assert.deepEqual(
    asked.map(({ signal }) => signal.aborted),
    [false, true, false],
  );
  const third = ahead.begin(selectionTo(3_000_000), context);
  assert.deepEqual(asked[3]?.params, { ...paramsTo(3_000_000), fingerprints: [7n, 8n] });
  third.end();
});

test("other tenants, conditions and purposes begin nothing, nor does a selection that was read by two statements", async () => {
  const { asked, reader } = database();
  const ahead = createReadsAhead(reader, 10);
  const begin = (selection: AheadSelection, tenant = "default") => ahead.begin(selection, { ...context, tenant });
  const first = begin(selectionTo(1_000_000));
  await read(first, paramsTo(1_000_000));
  first.end();
  begin(selectionTo(2_000_000), "other").end();
  begin({ ...selectionTo(2_000_000), matchers: [] }).end();
  begin({ ...selectionTo(2_000_000), hints: { ...hints, windowMs: 60_000 } }).end();
  assert.equal(asked.length, 1);
  const second = begin(selectionTo(2_000_000));
  await read(second, paramsTo(2_000_000));
  await read(second, paramsTo(2_500_000));
  second.end();
  begin(selectionTo(3_000_000)).end();
  assert.equal(asked.length, 3);
});

test("a failure of what was begun is that of who asks for it", async () => {
  const { reader } = database(true);
  const ahead = createReadsAhead(reader, 10);
  const first = ahead.begin(selectionTo(1_000_000), context);
  await assert.rejects(read(first, paramsTo(1_000_000)), /away/);
  first.end();
  const second = ahead.begin(selectionTo(2_000_000), context);
  await assert.rejects(read(second, paramsTo(2_000_000)), /away/);
  second.end();
});

test("no more reads wait to be taken than there may be; who finds no room reads as ever", async () => {
  const { asked, reader } = database();
  const ahead = createReadsAhead(reader, 1);
  const first = ahead.begin(selectionTo(1_000_000), context);
  await read(first, paramsTo(1_000_000));
  first.end();
  const second = ahead.begin(selectionTo(2_000_000), context);
  const third = ahead.begin(selectionTo(3_000_000), context);
  assert.equal(asked.length, 2);
  assert.deepEqual(await read(third, paramsTo(3_000_000)), [3]);
  assert.deepEqual(await read(second, paramsTo(2_000_000)), [2]);
  second.end();
  third.end();
  const fourth = ahead.begin(selectionTo(4_000_000), context);
  assert.equal(asked.length, 4);
  fourth.end();
  ahead.begin(selectionTo(5_000_000), context).end();
  assert.equal(asked.length, 4, "nothing is known any more of a selection that read nothing");
});

test("a selection with very long conditions is not remembered", async () => {
  const { asked, reader } = database();
  const ahead = createReadsAhead(reader, 10);
  const long = [{ name: "pod", operator: "=" as const, value: "p".repeat(200_000) }];
  const first = ahead.begin({ ...selectionTo(1_000_000), matchers: long }, context);
  await read(first, paramsTo(1_000_000));
  first.end();
  ahead.begin({ ...selectionTo(2_000_000), matchers: long }, context).end();
  assert.equal(asked.length, 1);
});
