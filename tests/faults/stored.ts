import assert from "node:assert/strict";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import type { Sent } from "./counted-load.ts";
import type { CountedSignal } from "./counted-request.ts";

const from: Readonly<Record<CountedSignal, string>> = {
  logs: "toUInt32(Body) AS number FROM otel_logs WHERE ServiceName = {mark:String}",
  traces: "toUInt32(SpanName) AS number FROM otel_traces WHERE ServiceName = {mark:String}",
  metrics:
    "toUInt32(Value) AS number FROM metrics_samples WHERE Fingerprint IN (SELECT Fingerprint FROM metrics_series WHERE ServiceName = {mark:String})",
  events: "toUInt32(Title) AS number FROM events WHERE Source = {mark:String}",
};

const row = z.tuple([z.number(), z.string().transform(Number)]);

/** How often each number of a load is in the database. */
export async function countStored(
  clickhouse: ClickHouse,
  signal: CountedSignal,
  mark: string,
): Promise<Map<number, number>> {
  const sql = `SELECT number, count() FROM (SELECT ${from[signal]}) GROUP BY number`;
  const format = "JSONCompactEachRow" as const;
  return new Map(await clickhouse.query(sql, { mark }, { schema: row, format }));
}

export interface CountOptions {
  readonly clickhouse: ClickHouse;
  readonly mark: string;
  /** How long what was acknowledged may take to be stored. Default 60 s: what a recovery may take. */
  readonly timeoutMs?: number;
}

/** Asserts that everything acknowledged comes to be stored, and that nothing is stored twice or was never sent. */
export async function assertOnceEach(sent: readonly Sent[], { clickhouse, mark, timeoutMs = 60_000 }: CountOptions) {
  for (const { signal, acknowledged, unknown } of sent) {
    const stored = await eventually(
      async () => {
        const found = await countStored(clickhouse, signal, mark);
        const missing = [...acknowledged].filter((number) => !found.has(number));
        const some = missing.slice(0, 5).join();
        assert.equal(
          missing.length,
          0,
          `${missing.length} of ${acknowledged.size} acknowledged ${signal} lost: ${some}`,
        );
        return found;
      },
      { timeoutMs, intervalMs: 250 },
    );
    const twice = [...stored].filter(([, times]) => times > 1);
    assert.deepEqual(twice, [], `${signal} stored more than once`);
    const strange = [...stored.keys()].filter((number) => !acknowledged.has(number) && !unknown.has(number));
    assert.deepEqual(strange, [], `${signal} stored that were never sent`);
  }
}

/** Asserts that nothing of a mark is stored twice: to be asked again at the end, when late writers have come and gone. */
export async function assertNoneTwice(clickhouse: ClickHouse, signals: readonly CountedSignal[], mark: string) {
  for (const signal of signals) {
    const twice = [...(await countStored(clickhouse, signal, mark))].filter(([, times]) => times > 1);
    assert.deepEqual(twice, [], `${signal} stored more than once`);
  }
}
