import assert from "node:assert/strict";
import { describe, it } from "node:test";
// house-rules-ignore tests do not sleep: a reader that is slow is what is tested
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@sightline/testkit/eventually";
import { serverUnderTest } from "./server-under-test.ts";

const server = serverUnderTest();

/** Waits until no query with `marker` in its text runs any more, for at most `withinMs`. */
async function ended(marker: string, withinMs: number): Promise<void> {
  const client = server.client();
  const query =
    "SELECT count() AS running FROM system.processes WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0";
  const gone = async () => {
    const result = await client.query({ query, query_params: { marker }, format: "JSONCompactEachRow" });
    assert.equal(Number((await result.json<unknown[]>())[0]?.[0]), 0, `the query with ${marker} still runs`);
  };
  await eventually(gone, { timeoutMs: withinMs, intervalMs: 50 });
}

describe("large results", () => {
  it("come row by row, before the query has ended", async () => {
    const query = "SELECT number, repeat('x', 100) AS filler FROM numbers(500000)";
    const result = await server.client().query({ query, format: "JSONEachRow" });
    let sum = 0;
    let count = 0;
    for await (const batch of result.stream<{ number: string | number }>()) {
      for (const row of batch) sum += Number(row.json().number);
      count += batch.length;
    }
    assert.deepEqual([count, sum], [500_000, 124_999_750_000]);
  });

  it("wait for a slow reader without growing in the server", async () => {
    const query = "SELECT number, repeat('y', 1000) FROM numbers(200000)";
    const { stream } = await server.client().exec({ query: `${query} FORMAT RowBinary` });
    const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    const first = await iterator.next();
    assert.ok(!first.done && first.value.length > 0);
    await pause(300);
    let bytes = first.value.length;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) bytes += next.value.length;
    assert.equal(bytes, 200_000 * (8 + 2 + 1000));
  });

  it("an exception in their middle reaches the client with code and type", async () => {
    const query = "SELECT throwIf(number = 500000, 'in the middle') AS no, number FROM numbers(600000)";
    const result = await server
      .client()
      .query({ query, format: "JSONEachRow", clickhouse_settings: { max_block_size: "65536" } });
    const read = async () => {
      let rows = 0;
      for await (const batch of result.stream()) rows += batch.length;
      return rows;
    };
    await assert.rejects(read(), (error: Error) => {
      assert.match(error.message, /in the middle/);
      assert.equal(Reflect.get(error, "type"), "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO");
      return true;
    });
  });

  it("with wait_end_of_query=1 the same exception is the answer", async () => {
    const body = "SELECT throwIf(number = 300000, 'in the middle') AS no, number FROM numbers(400000)";
    const answer = await server.raw({ path: "/?wait_end_of_query=1", body });
    assert.deepEqual([answer.status, answer.headers["x-clickhouse-exception-code"]], [500, "395"]);
  });
});

describe("many and slow queries", () => {
  it("60 at once are all answered", async () => {
    const client = server.client({ max_open_connections: 60 });
    const sums = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const query = `SELECT sum(number + ${index}) FROM numbers(100000)`;
        return Number((await (await client.query({ query, format: "TabSeparated" })).text()).trim());
      }),
    );
    assert.deepEqual(
      sums,
      sums.map((_, index) => 4_999_950_000 + 100_000 * index),
    );
  });

  it("a ping is answered at once while others plan and compute", async () => {
    const client = server.client();
    // The scalar subquery is computed while the query is being planned.
    const slow = client.query({
      query: "SELECT (SELECT count() FROM numbers(40000000) WHERE sipHash64(number) % 7 = 0)",
    });
    const times: number[] = [];
    for (let index = 0; index < 10; index++) {
      const start = performance.now();
      assert.equal((await client.ping()).success, true);
      times.push(performance.now() - start);
    }
    const median = times.toSorted((a, b) => a - b)[5] ?? Number.POSITIVE_INFINITY;
    assert.ok(median < 250, `a ping took ${median} ms`);
    await (await slow).text();
  });
});

describe("requests that are given up", () => {
  it("reject in the client, and their query stops", async () => {
    const gone = new AbortController();
    const query = "SELECT count() FROM numbers(1e13) WHERE sipHash64(number) = 0 /* given up computing */";
    const clickhouse_settings = { cancel_http_readonly_queries_on_client_close: 1 } as const;
    const answer = server.client().query({ query, abort_signal: gone.signal, clickhouse_settings });
    setTimeout(() => gone.abort(), 200);
    await assert.rejects(answer, /abort/i);
    await ended("given up computing */", 10_000);
  });

  it("stop also while their result is being sent", async () => {
    const query = "SELECT number FROM numbers(1e13) /* given up sending */ FORMAT RowBinary";
    const { stream } = await server.client().exec({ query });
    await stream[Symbol.asyncIterator]().next();
    stream.destroy();
    await ended("given up sending */", 10_000);
  });
});
