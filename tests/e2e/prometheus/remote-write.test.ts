// A real Prometheus scrapes a program and writes to Sightline: what is stored is what Prometheus answers itself.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { hasApt } from "@sightline/local/install/debian";
import { startStack } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPrometheus } from "./server.ts";
import { type StoredHistogram, type StoredSeries, stored } from "./stored.ts";
import { type ScrapeTarget, startScrapeTarget } from "./target.ts";

const skip = hasApt() ? false : "no apt to have a prometheus from";
const patience = { intervalMs: 300 };
const STALE = "7FF0000000000002";

describe("prometheus writes to us", { skip, timeout: 240_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let clickhouse: ClickHouse;
  let target: ScrapeTarget;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;

  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-remote-write-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    const stack = closers.use(await startStack({ dir, ports: "free", services: ["ingest", "storage"] }));
    clickhouse = createClickHouse(
      {
        url: `http://127.0.0.1:${stack.port("clickhouse")}`,
        database: "sightline",
        username: "default",
        password: stack.secrets.clickhouse,
      },
      { log: quietLog },
    );
    closers.defer(() => clickhouse.close());
    target = closers.use(await startScrapeTarget());
    const remoteWrite = { url: `${stack.doors.otlpHttp}/api/v1/write`, key: stack.secrets.ingestKey };
    prometheus = closers.use(await startPrometheus({ remoteWrite, target: target.address }));
    await eventually(
      async () => ((await samplesOf('{job="shop/checkout",__name__="up"}'))[0]?.values.length ?? 0) >= 5,
      patience,
    );
  });

  const samplesOf = (selector: string, endMs = Date.now()) => prometheus.samples(selector, endMs);

  test("every sample, bit by bit, under exactly its labels", async () => {
    const endMs = Date.now();
    const want = (await samplesOf('{__name__=~".+"}', endMs)).filter(({ values }) => values.length > 0);
    assert.ok(want.length > 300, `prometheus watches itself too: got ${want.length} series`);
    await eventually(async () => {
      const got = await stored.samples(clickhouse, endMs);
      assert.deepEqual(byLabels(got.map(textOfStored)), byLabels(want.map(textOfWanted)));
    }, patience);
  });

  test("native histograms, bucket by bucket", async () => {
    const endMs = Date.now();
    const [want = assert.fail("no histograms")] = await samplesOf("payload_bytes", endMs);
    await eventually(async () => {
      const got = await stored.histograms(clickhouse, "payload_bytes", endMs);
      // A scrape that comes late on a busy machine leaves a stale marker, which Prometheus does not answer with.
      const live = got.filter(({ flags }) => (flags & 1) === 0);
      assert.deepEqual(live.map(textOfHistogram), want.histograms.map(textOfWantedHistogram));
    }, patience);
  });

  test("exemplars with their traces", async () => {
    const endMs = Date.now();
    const [want = assert.fail("no exemplars")] = await prometheus.exemplars("http_requests_total", endMs);
    await eventually(async () => {
      const got = await stored.exemplars(clickhouse, "http_requests_total", endMs);
      assert.deepEqual(
        got.map(({ traceId, value, ms }) => ({
          labels: { trace_id: traceId },
          value: String(value),
          timestamp: ms / 1000,
        })),
        want.exemplars,
      );
      assert.equal(got[0]?.labels["status"], "200");
    }, patience);
  });

  test("metadata", async () => {
    await eventually(async () => {
      const names = ["http_requests", "payload_bytes", "room_temperature_celsius"];
      assert.deepEqual(await stored.metadata(clickhouse, names), [
        { name: "http_requests", type: "counter", unit: "", description: "Requests that were answered." },
        { name: "payload_bytes", type: "histogram", unit: "", description: "How much was sent." },
        { name: "room_temperature_celsius", type: "gauge", unit: "celsius", description: "" },
      ]);
    }, patience);
  });

  test("when the program goes away its series end with the stale marker", async () => {
    await target.stop();
    await eventually(async () => {
      const got = (await stored.samples(clickhouse, Date.now())).filter(
        ({ labels }) => labels["job"] === "shop/checkout" && !/^(up|scrape_.*)$/.test(labels["__name__"] ?? ""),
      );
      assert.equal(got.length, 9);
      for (const { labels, samples } of got) assert.equal(samples.at(-1)?.[1], STALE, JSON.stringify(labels));
      const histograms = await stored.histograms(clickhouse, "payload_bytes", Date.now());
      assert.deepEqual([histograms.at(-1)?.flags, histograms.at(-1)?.sum], [1, null]);
    }, patience);
  });
});

interface SeriesText {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly string[];
}

/** By their labels, so that they can be compared in any order; equal labels twice would be a defect. */
function byLabels(series: readonly SeriesText[]): Record<string, readonly string[]> {
  const entries = series.map(({ labels, samples }): [string, readonly string[]] => [
    JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    samples,
  ]);
  assert.equal(new Set(entries.map(([key]) => key)).size, entries.length, "a series is there once");
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The alias label of http_requests_total is ours. */
function textOfStored({ labels, samples }: StoredSeries): SeriesText {
  const { status_code, ...rest } = labels;
  const sent = labels["__name__"] === "http_requests_total" && status_code === labels["status"] ? rest : labels;
  return { labels: sent, samples: samples.filter(([, bits]) => bits !== STALE).map(([ms, bits]) => `${ms} ${bits}`) };
}

function textOfWanted({ metric, values }: { metric: Record<string, string>; values: [number, string][] }): SeriesText {
  return { labels: metric, samples: values.map(([time, text]) => `${Math.round(time * 1000)} ${bitsOf(text)}`) };
}

/** The bits of a number as Prometheus prints it. Its NaN is one of Go's. */
function bitsOf(text: string): string {
  if (text === "NaN") return "7FF8000000000001";
  const value = text.endsWith("Inf") ? Number(text.replace("Inf", "Infinity")) : Number(text);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex").toUpperCase();
}

/** The buckets that hold something, from the lowest, as `lower..upper count` with bounds to 9 digits. */
function textOfHistogram(histogram: StoredHistogram): string {
  const base = 2 ** (2 ** -histogram.scale);
  const { zeroThreshold, zeroCount, count, sum, ms } = histogram;
  const bucket = (lower: number, upper: number, inIt: number) => `${bound(lower)}..${bound(upper)} ${inIt}`;
  const buckets = [
    ...histogram.negative
      .map((inIt, i) => {
        const index = histogram.negativeOffset + i;
        return inIt === 0 ? [] : [bucket(-(base ** (index + 1)), -(base ** index), inIt)];
      })
      .toReversed(),
    zeroCount === 0 ? [] : [bucket(-zeroThreshold, zeroThreshold, zeroCount)],
    ...histogram.positive.map((inIt, i) => {
      const index = histogram.positiveOffset + i;
      return inIt === 0 ? [] : [bucket(base ** index, base ** (index + 1), inIt)];
    }),
  ].flat();
  return `${ms} ${count} ${sum} ${buckets.join(", ")}`;
}

function textOfWantedHistogram([time, { count, sum, buckets }]: [
  number,
  { count: string; sum: string; buckets: [number, string, string, string][] },
]): string {
  const texts = buckets.map(([, lower, upper, inIt]) => `${bound(Number(lower))}..${bound(Number(upper))} ${inIt}`);
  return `${Math.round(time * 1000)} ${count} ${sum} ${texts.join(", ")}`;
}

function bound(value: number): string {
  return value.toPrecision(9);
}
