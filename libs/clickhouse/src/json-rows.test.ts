import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { type ClickHouse, createClickHouse } from "./client.ts";
import type { JsonRowsPart } from "./json-rows.ts";

let clickhouse: ClickHouse;
let stop: () => Promise<void>;

before(async () => {
  const server = await startClickHouse();
  clickhouse = createClickHouse(server, { log: quietLog });
  stop = async () => {
    await clickhouse.close();
    await server.stop();
  };
});

after(() => stop());

/** How many statements run that have the text. */
async function running(text: string): Promise<number> {
  const sql =
    "SELECT count() AS n FROM system.processes WHERE position(query, {text:String}) > 0 AND position(query, 'processes') = 0";
  const [row] = await clickhouse.query(sql, { text }, { schema: z.object({ n: z.string() }) });
  return Number(row?.n);
}

test("rows come as texts behind their columns, with what was read of tables", async () => {
  const sql = "SELECT number AS n, concat('a\\n', {b:String}) AS b FROM numbers(100000)";
  const parts: JsonRowsPart[] = await Array.fromAsync(clickhouse.readJsonRows(sql, { b: "ü" }));
  assert.deepEqual(parts[0], {
    kind: "columns",
    columns: [
      { name: "n", type: "UInt64" },
      { name: "b", type: "String" },
    ],
  });
  const rows = parts.flatMap((part) => (part.kind === "rows" ? part.rows : []));
  assert.equal(rows.length, 100_000);
  assert.deepEqual(JSON.parse(rows[99_999] ?? ""), ["99999", "a\nü"]);
  const progress = parts.findLast((part) => part.kind === "progress");
  assert.equal(progress?.rowsRead, 100_000n);
});

test("totals are a part of their own, and a limit is none", async () => {
  const sql = "SELECT number % 3 AS k, count() AS n FROM numbers(10) GROUP BY k WITH TOTALS ORDER BY k LIMIT 2";
  const parts: JsonRowsPart[] = await Array.fromAsync(clickhouse.readJsonRows(sql, {}));
  assert.deepEqual(
    parts.flatMap((part) => (part.kind === "rows" ? part.rows : [])),
    ['[0, "4"]', '[1, "3"]'],
  );
  assert.deepEqual(
    parts.find((part) => part.kind === "totals"),
    { kind: "totals", row: '[0,"10"]' },
  );
});

test("an exception in the midst of an answer is thrown behind the rows before it", async () => {
  const sql = "SELECT throwIf(number = 900000, '(A) half') AS n FROM numbers(1000000)";
  let rows = 0;
  const read = async () => {
    const parts = clickhouse.readJsonRows(sql, {}, { settings: { max_block_size: 65_536, max_threads: 1 } });
    for await (const part of parts) if (part.kind === "rows") rows += part.rows.length;
  };
  await assert.rejects(read(), (error) => {
    assert.ok(error instanceof AppError);
    assert.match(error.message, /FUNCTION_THROW_IF_VALUE_IS_NON_ZERO 395: .*half/);
    return true;
  });
  assert.ok(rows > 0 && rows < 1_000_000, `got ${rows} rows`);
  await assert.rejects(Array.fromAsync(clickhouse.readJsonRows("SELECT wrong", {})), /UNKNOWN_IDENTIFIER 47/);
});

test("who stops reading, or gives up while waiting, ends the statement", async () => {
  const settings = { readonly: 2, cancel_http_readonly_queries_on_client_close: 1 };
  for await (const _ of clickhouse.readJsonRows("SELECT number AS left_alone FROM numbers(1e13)", {}, { settings }))
    break;
  await eventually(async () => assert.equal(await running("left_alone"), 0));

  const waiting = new AbortController();
  const slow = "SELECT count() AS given_up FROM numbers(1e13) WHERE sipHash64(number) = 0";
  const answer = Array.fromAsync(clickhouse.readJsonRows(slow, {}, { settings, signal: waiting.signal }));
  await eventually(async () => assert.equal(await running("given_up"), 1));
  waiting.abort();
  await assert.rejects(answer, { code: "cancelled" });
  await eventually(async () => assert.equal(await running("given_up"), 0));

  const between = new AbortController();
  const rare = "SELECT number AS seldom FROM numbers(1e13) WHERE number < 100000 OR sipHash64(number) = 0";
  const read = async () => {
    for await (const part of clickhouse.readJsonRows(rare, {}, { settings, signal: between.signal })) {
      if (part.kind === "rows") setTimeout(() => between.abort(), 50);
    }
  };
  await assert.rejects(read(), { code: "cancelled" });
  await eventually(async () => assert.equal(await running("seldom"), 0));
});
