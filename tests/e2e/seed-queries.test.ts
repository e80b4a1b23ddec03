// The queries that operators were given for their dashboards and their log search, word for word, over data as those programs write it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { compressSync } from "snappy";
import { z } from "zod";
import { encodeV1, type TestLabels } from "../../services/ingest/src/doors/remote-write/testing/encode.ts";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";

const SCRAPE_MS = 15_000;
const SCRAPES = 40;
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const patience = { timeoutMs: 60_000 };

/** Counters and what they grow by with each scrape. */
const counters: readonly (readonly [TestLabels, number])[] = [
  [{ __name__: "http_requests_total", method: "GET", status: "200" }, 30],
  [{ __name__: "http_requests_total", method: "GET", status: "503" }, 3],
  [{ __name__: "ai_anomalies_detected_total", kind: "spike" }, 1.5],
  [{ __name__: "executor_actions_total", action: "scale", status: "completed" }, 9],
  [{ __name__: "executor_actions_total", action: "scale", status: "failed" }, 1],
  ...["0.1", "0.5", "1", "+Inf"].map((le, at): [TestLabels, number] => [
    { __name__: "http_request_duration_seconds_bucket", le },
    [5, 9, 10, 10][at] ?? 0,
  ]),
];

/** What each comes to, where that is the same number for every series. */
const promql: readonly (readonly [query: string, value: number])[] = [
  ['rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m])', 1],
  ["histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))", 0.75],
  ["rate(ai_anomalies_detected_total[5m])", 0.1],
  ['rate(executor_actions_total{status="completed"}[5m]) / rate(executor_actions_total[5m])', 1],
];

const uuid = "7b1d6c1e-5f0a-4b52-9a07-3b0b8f1c2d3e";
const lines = [
  { level: "error", message: "error while scaling", duration_ms: 40, user_id: uuid },
  { level: "info", message: "no error here", duration_ms: 1500, user_id: uuid },
  { level: "info", message: "done", duration_ms: 20, user_id: "uuid-here" },
];

const logql: readonly (readonly [query: string, message: string])[] = [
  ['{job="aegis-backend"} |= "error" | json | level="error"', "error while scaling"],
  ['{job="aegis-backend"} | json | duration_ms > 1000', "no error here"],
  ['{job="aegis-backend"} | json | user_id="uuid-here"', "done"],
];

const vector = z.object({
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
  }),
});
const matrix = z.object({ data: z.object({ result: z.array(z.object({ values: z.array(z.unknown()) })) }) });
const streams = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()])) })) }),
});

describe("queries of the operators' handbook", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway"] }));
    const series = counters.map(([labels, growth]) => ({
      labels: { ...labels, instance: "api:8000", job: "aegis-backend" },
      samples: Array.from({ length: SCRAPES }, (_, at) => ({
        timestamp: nowMs - (SCRAPES - 1 - at) * SCRAPE_MS,
        value: 1000 + at * growth,
      })),
    }));
    await send("/api/v1/write", Buffer.from(compressSync(encodeV1(series))), {
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
    });
    const values = lines.map((line, at) => [`${nowMs - 1000 + at}000000`, JSON.stringify(line)]);
    const push = JSON.stringify({ streams: [{ stream: { job: "aegis-backend" }, values }] });
    await send("/loki/api/v1/push", push, { "content-type": "application/json" });
  });

  async function send(path: string, body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<void> {
    const authorization = `Bearer ${system.ingestKey}`;
    const init = { method: "POST", body, headers: { ...headers, authorization } };
    const response = await fetch(`${system.stack.doors.otlpHttp}${path}`, init);
    assert.ok(response.ok, await response.text());
  }

  async function ask<T>(path: string, query: Readonly<Record<string, string>>, schema: z.ZodType<T>): Promise<T> {
    const url = `${system.stack.doors.page}${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${system.queryKey}` } });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return schema.parse(JSON.parse(text));
  }

  for (const [query, wanted] of promql) {
    test(query, async () => {
      await eventually(async () => {
        const { data } = await ask("/api/v1/query", { query, time: String(nowMs / 1000) }, vector);
        assert.ok(data.result.length > 0, "no series");
        for (const { value } of data.result) assert.ok(Math.abs(Number(value[1]) - wanted) < 1e-9, value[1]);
      }, patience);
      const range = { start: String(nowMs / 1000 - 240), end: String(nowMs / 1000), step: "60" };
      const { data } = await ask("/api/v1/query_range", { query, ...range }, matrix);
      for (const { values } of data.result) assert.equal(values.length, 5);
    });
  }

  for (const [query, message] of logql) {
    test(query, async () => {
      const times = { start: `${nowMs - 60_000}000000`, end: `${nowMs + 60_000}000000` };
      await eventually(async () => {
        const { data } = await ask("/loki/api/v1/query_range", { query, ...times }, streams);
        const found = data.result.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)));
        assert.deepEqual(
          found,
          lines.filter((line) => line.message === message),
        );
      }, patience);
    });
  }
});
