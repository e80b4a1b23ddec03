import type { ClickHouse } from "@sightline/clickhouse/client";
import { hasApt } from "@sightline/local/install/debian";
import { eventually } from "@sightline/testkit/eventually";
import { compressSync } from "snappy";
import { z } from "zod";
import { encodeV1, type TestLabels } from "../../services/ingest/src/doors/remote-write/testing/encode.ts";
import { type ReceivingPrometheus, startReceivingPrometheus } from "../e2e/prometheus/server.ts";
import { type BenchStack, startBenchStack } from "./bench-stack.ts";
import { printFigure, runs } from "./result.ts";
import { cpuOf } from "./stack-cpu.ts";

const SCRAPE_MS = 15_000;
const SAMPLES_PER_REQUEST = 40_000;
/** What answers a query of PromQL. */
const PARTS = ["gateway", "storage", "clickhouse"] as const;

/** Counters, and what is asked of them. */
export interface PromqlBench {
  readonly bench: string;
  readonly series: readonly TestLabels[];
  /** How far back they go, scraped every 15 s. */
  readonly lengthMs: number;
  /** By the metric's name. */
  readonly queries: Readonly<Record<string, string>>;
  /** The step over all of that time; null for one time. */
  readonly stepMs: number | null;
  /** Whether what is asked for is there, once all samples are. */
  readonly isReady?: (clickhouse: ClickHouse, endMs: number) => Promise<boolean>;
}

/** Who is asked, and what that costs. */
interface Side {
  readonly who: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  cpuSeconds(): number;
}

/**
 * Writes the same samples to Sightline and, where there is apt, to a real Prometheus, and asks both the same by turns, until the whole
 * answer has come. The first rounds do not count: neither side has compiled or read anything before.
 */
export async function benchPromql(options: PromqlBench): Promise<void> {
  const { bench, series, lengthMs, queries, stepMs, isReady = async () => true } = options;
  await using stack = await startBenchStack({ services: ["ingest", "storage", "gateway"] });
  await using prometheus = hasApt() ? await startReceivingPrometheus() : null;
  const alignMs = Math.max(60_000, stepMs ?? 0);
  const endMs = Math.floor(Date.now() / alignMs) * alignMs;
  await write({ series, startMs: endMs - lengthMs, endMs }, stack, prometheus);
  await eventually(() => isReady(stack.clickhouse, endMs), { timeoutMs: 900_000, intervalMs: 1000 });
  const sides = [ours(stack), ...(prometheus === null ? [] : [theirs(prometheus)])];
  for (const [name, query] of Object.entries(queries)) {
    const form = new URLSearchParams({ query });
    if (stepMs === null) form.set("time", String(endMs / 1000));
    else {
      form.set("start", String((endMs - lengthMs) / 1000));
      form.set("end", String(endMs / 1000));
      form.set("step", String(stepMs / 1000));
    }
    const measured = await measure(sides, stepMs === null ? "query" : "query_range", form);
    const config = { query, series: series.length, samples: series.length * samplesOf(lengthMs), stepMs: stepMs ?? 0 };
    for (const [who, { wallMs, cpuMs }] of measured) {
      const by = who === "sightline" ? name : `${name}_by_${who}`;
      printFigure({ bench, metric: `${by}_answered_in`, unit: "ms", values: wallMs, config });
      printFigure({ bench, metric: `${by}_cpu_time`, unit: "ms", values: cpuMs, config });
    }
  }
}

function samplesOf(lengthMs: number): number {
  return Math.floor(lengthMs / SCRAPE_MS) + 1;
}

function ours({ stack, queryKey }: BenchStack): Side {
  return {
    who: "sightline",
    url: stack.doors.page,
    // A result that is remembered would say nothing.
    headers: { authorization: `Bearer ${queryKey}`, "cache-control": "no-store" },
    cpuSeconds: () => PARTS.reduce((sum, part) => sum + cpuOf(stack.process(part).pid()), 0),
  };
}

function theirs({ url, pid }: ReceivingPrometheus): Side {
  return { who: "prometheus", url, headers: {}, cpuSeconds: () => cpuOf(pid) };
}

interface Measured {
  readonly wallMs: number[];
  readonly cpuMs: number[];
}

const WARM_UPS = 4;

async function measure(sides: readonly Side[], path: string, form: URLSearchParams): Promise<Map<string, Measured>> {
  const measured = new Map(sides.map(({ who }): [string, Measured] => [who, { wallMs: [], cpuMs: [] }]));
  for (let run = -WARM_UPS; run < runs; run++) {
    for (const side of sides) {
      const cpuBefore = side.cpuSeconds();
      const startedAt = performance.now();
      const response = await fetch(`${side.url}/api/v1/${path}`, { method: "POST", body: form, headers: side.headers });
      const text = await response.text();
      const wallMs = performance.now() - startedAt;
      if (!response.ok) throw new Error(`${side.who}: got ${response.status}, ${text.slice(0, 200)}`);
      if (run < 0) continue;
      measured.get(side.who)?.wallMs.push(wallMs);
      measured.get(side.who)?.cpuMs.push((side.cpuSeconds() - cpuBefore) * 1000);
    }
  }
  return measured;
}

interface Written {
  readonly series: readonly TestLabels[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Writes counters that grow unevenly, in the order of time; resolves when all of them can be queried. */
async function write(
  { series, startMs, endMs }: Written,
  { stack, ingestKey, clickhouse }: BenchStack,
  prometheus: ReceivingPrometheus | null,
): Promise<void> {
  const scrapes = Math.floor(SAMPLES_PER_REQUEST / series.length);
  for (let from = startMs; from <= endMs; from += scrapes * SCRAPE_MS) {
    const times = Array.from({ length: scrapes }, (_, at) => from + at * SCRAPE_MS).filter((time) => time <= endMs);
    const request = encodeV1(
      series.map((labels, number) => ({
        labels,
        samples: times.map((timestamp) => ({ value: valueAt((timestamp - startMs) / SCRAPE_MS, number), timestamp })),
      })),
    );
    const body = compressSync(request);
    await send(`${stack.doors.otlpHttp}/api/v1/write`, body, { authorization: `Bearer ${ingestKey}` });
    if (prometheus !== null) await send(`${prometheus.url}/api/v1/write`, body, {});
  }
  const wanted = series.length * samplesOf(endMs - startMs);
  const rows = z.object({ rows: z.coerce.number() });
  await eventually(
    async () => {
      const [row] = await clickhouse.query("SELECT count() AS rows FROM metrics_samples", {}, { schema: rows });
      return (row?.rows ?? 0) >= wanted;
    },
    { timeoutMs: 300_000, intervalMs: 200 },
  );
}

/** Of ten series that follow each other the later ones are greater, as the buckets of a histogram are. */
function valueAt(scrape: number, number: number): number {
  const group = Math.floor(number / 10);
  const noise = (Math.imul(scrape * 2654435761 + group * 40503, 2246822519) >>> 0) / 2 ** 32;
  return Math.floor((scrape + noise) * (1 + (number % 10)) * (1 + (group % 13)));
}

async function send(url: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<void> {
  const type = { "content-type": "application/x-protobuf", "content-encoding": "snappy" };
  const version = { "x-prometheus-remote-write-version": "0.1.0" };
  const response = await fetch(url, { method: "POST", headers: { ...type, ...version, ...headers }, body });
  if (!response.ok) throw new Error(`cannot write: got ${response.status}, ${await response.text()}`);
}
