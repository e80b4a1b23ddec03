// A real Prometheus that has no samples of its own and reads ours: what it makes of them is what we do.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ReadRequest, ReadResponse } from "@sightline/proto/prometheus/prompb/remote";
import { LabelMatcher_Type } from "@sightline/proto/prometheus/prompb/types";
import { eventually } from "@sightline/testkit/eventually";
import { compressSync, uncompressSync } from "snappy";
import { encodeV1, type TestSeries } from "../../../services/ingest/src/doors/remote-write/testing/encode.ts";
import { type FaultStack, startFaultStack } from "../../faults/fault-stack.ts";
import { startReadingPrometheus } from "./server.ts";

const SCRAPE_MS = 15_000;
const endMs = Math.floor(Date.now() / 60_000) * 60_000;
const stale = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer)[0] ?? 0;

/** Half an hour, a second before each quarter of a minute. */
const times = Array.from({ length: 121 }, (_, at) => endMs - 1_800_000 + at * SCRAPE_MS - 1000);

function counter(instance: string, perScrape: number): TestSeries {
  const samples = times.map((timestamp, at) => ({
    timestamp,
    value: at < 60 ? at * perScrape : (at - 60) * perScrape,
  }));
  return { labels: { __name__: "requests_total", instance, job: "shop" }, samples };
}

/** Ended five scrapes ago. */
const ended: TestSeries = {
  labels: { __name__: "up", instance: "a", job: "shop" },
  samples: times.slice(0, -4).map((timestamp, at, all) => ({ timestamp, value: at === all.length - 1 ? stale : 1 })),
};

const native: TestSeries = {
  labels: { __name__: "latency", instance: "a", job: "shop" },
  histograms: times.map((timestamp, at) => ({
    timestamp,
    countInt: 4 * at,
    sum: 6 * at,
    schema: 1,
    zeroThreshold: 0.001,
    zeroCountInt: at,
    positiveSpans: [
      { offset: -1, length: 2 },
      { offset: 2, length: 1 },
    ],
    positiveDeltas: [at, 0, 0],
  })),
};

const queries = [
  "requests_total",
  "sum by (job) (rate(requests_total[5m]))",
  'increase(requests_total{instance!="a"}[20m] offset 5m)',
  'count_over_time(requests_total{instance=~"a|b"}[10m])',
  "up",
  "up offset 5m",
  "missing_total",
];

describe("remote read", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let prometheus: Awaited<ReturnType<typeof startReadingPrometheus>>;

  const readUrl = () => `${system.stack.doors.page}/api/v1/read`;

  async function ours(query: string): Promise<unknown> {
    const form = new URLSearchParams({ query, time: String(endMs / 1000) });
    const response = await fetch(`${system.stack.doors.page}/api/v1/query?${form}`, {
      headers: { authorization: `Bearer ${system.queryKey}` },
    });
    const { data }: { data?: { result?: unknown } } = JSON.parse(await response.text());
    return data?.result;
  }

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway"] }));
    const body = compressSync(encodeV1([counter("a", 3), counter("b", 7), ended, native]));
    const response = await fetch(`${system.stack.doors.otlpHttp}/api/v1/write`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${system.ingestKey}`,
        "content-type": "application/x-protobuf",
        "content-encoding": "snappy",
        "x-prometheus-remote-write-version": "0.1.0",
      },
      body,
    });
    assert.ok(response.ok, await response.text());
    prometheus = opened.use(await startReadingPrometheus({ url: readUrl(), key: system.queryKey }));
    await eventually(async () => assert.notDeepEqual(await ours("histogram_count(latency)"), []), {
      timeoutMs: 60_000,
    });
    await eventually(async () => assert.notDeepEqual(await prometheus.ask("requests_total", endMs), []), {
      timeoutMs: 60_000,
    });
  });

  test("a Prometheus that reads from us answers as we do", async () => {
    for (const query of queries) assert.deepEqual(await prometheus.ask(query, endMs), await ours(query), query);
  });

  // Debian's Prometheus does not read them from elsewhere yet.
  test("native histograms come with their buckets", async () => {
    const matchers = [{ type: LabelMatcher_Type.EQ, name: "__name__", value: "latency" }];
    const query = {
      startTimestampMs: BigInt(endMs - SCRAPE_MS),
      endTimestampMs: BigInt(endMs),
      matchers,
      hints: undefined,
    };
    const request = ReadRequest.encode({ queries: [query], acceptedResponseTypes: [] }).finish();
    const headers = { authorization: `Bearer ${system.queryKey}` };
    const response = await fetch(readUrl(), { method: "POST", headers, body: compressSync(Buffer.from(request)) });
    assert.equal(response.headers.get("content-encoding"), "snappy");
    const answer = uncompressSync(Buffer.from(await response.arrayBuffer()));
    const [series] = ReadResponse.decode(Buffer.from(answer)).results[0]?.timeseries ?? [];
    assert.equal(series?.samples.length, 0);
    assert.equal(series?.histograms.length, 1);
    assert.partialDeepStrictEqual(series?.histograms[0], {
      count: { $case: "countFloat", value: 480 },
      sum: 720,
      schema: 1,
      zeroCount: { $case: "zeroCountFloat", value: 120 },
      positiveSpans: [
        { offset: -1, length: 2 },
        { offset: 2, length: 1 },
      ],
      positiveCounts: [120, 120, 120],
      timestamp: BigInt(endMs - 1000),
    });
  });

  test("what cannot be read is refused, and by whom it is not asked", async () => {
    const send = async (body: Uint8Array, key = system.queryKey) => {
      const response = await fetch(readUrl(), { method: "POST", headers: { authorization: `Bearer ${key}` }, body });
      return [response.status, await response.text()] as const;
    };
    // Accepted: only chunks (field 2, value 1).
    const cases: [body: Uint8Array, status: number, want: RegExp][] = [
      [Buffer.from("no snappy at all"), 400, /snappy/],
      [compressSync(Buffer.from([0xff])), 400, /cannot read the request as a prometheus.ReadRequest/],
      [compressSync(Buffer.from([0x10, 0x01])), 400, /does not support any of the requested response types/],
      [compressSync(Buffer.from([0x0a, 0x00])), 400, /must contain at least one non-empty matcher/],
      [Buffer.alloc(2 * 1024 * 1024), 413, /longer than/],
    ];
    for (const [body, status, want] of cases) {
      const [got, text] = await send(body);
      assert.equal(got, status, text);
      assert.match(text, want);
    }
    assert.equal((await send(compressSync(Buffer.alloc(0)), "sl_query_wrong"))[0], 401);
    assert.equal((await send(compressSync(Buffer.alloc(0)), system.ingestKey))[0], 403);
    assert.equal((await fetch(readUrl(), { headers: { authorization: `Bearer ${system.queryKey}` } })).status, 404);
  });
});
