// From the bus into the database: how fast a backlog is stored, and how soon a trickle is. The servers run beside it on
// the same machine, so that rates over time are theirs too; rates over our own CPU time are not.
import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "@sightline/bus/subjects";
import { generateLogs, generateMetrics, generateTraces } from "@sightline/otlp/testing/generate";
import { countBufferMemory } from "@sightline/service/buffer-memory";
import { startTestDatabase } from "../testing/database.ts";
import { type Pipeline, quietObserver, startPipeline, startTestWriter } from "../testing/pipeline.ts";

const RUNS = 3;
const MESSAGES = 400;
const REQUESTS_PER_MESSAGE = 5;
const RECORDS_PER_REQUEST = 200;
const RECORDS = MESSAGES * REQUESTS_PER_MESSAGE * RECORDS_PER_REQUEST;
const TRICKLE_MESSAGES = 100;
const TRICKLE_INTERVAL_MS = 100;

const limits = { maxRows: 250_000, maxBytes: 40_000_000, flushIntervalMs: 500, insertIntervalMs: 1000 };

const SIGNALS = [
  { signal: "traces", generate: generateTraces },
  { signal: "logs", generate: generateLogs },
  { signal: "metrics", generate: generateMetrics },
] as const;

interface Figure {
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly config: object;
}

function print({ metric, unit, values, config }: Figure): void {
  const sorted = values.map((value) => Number(value.toPrecision(4))).sort((a, b) => a - b);
  const value = sorted[sorted.length >> 1];
  const [min, max, runs] = [sorted[0], sorted.at(-1), sorted.length];
  console.log(JSON.stringify({ bench: "storage-writer", metric, value, unit, min, max, runs, config }));
}

async function publishBacklog(pipeline: Pipeline, signal: Signal, generate: typeof generateTraces): Promise<void> {
  const load = { requests: REQUESTS_PER_MESSAGE, records: RECORDS_PER_REQUEST };
  const ids = Array.from({ length: REQUESTS_PER_MESSAGE * RECORDS_PER_REQUEST }, () => "");
  for (let at = 0; at < MESSAGES; at++) {
    const nowUnixNano = BigInt(Date.now()) * 1_000_000n;
    await pipeline.publish(signal, ids, { payload: Buffer.concat(generate({ ...load, seed: at, nowUnixNano })) });
  }
}

/** Stores a backlog that lies on the bus; answers what it took. */
async function drain(pipeline: Pipeline, clickhouse: Parameters<typeof startTestWriter>[1], signal: Signal) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const writer = await startTestWriter(pipeline.bus, clickhouse, { lanes: [signal], limits });
  const pending = () => writer.lags().reduce((total, { pendingMessages }) => total + Number(pendingMessages), 0);
  while (pending() === 0) await sleep(1);
  while (pending() > 0) await sleep(5);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await writer.stop();
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

async function benchBacklog({ signal, generate }: (typeof SIGNALS)[number]): Promise<void> {
  const database = await startTestDatabase();
  const pipeline = await startPipeline({ diskBudgetBytes: 2_000_000_000 });
  const runs: Awaited<ReturnType<typeof drain>>[] = [];
  for (let run = 0; run < RUNS; run++) {
    await publishBacklog(pipeline, signal, generate);
    runs.push(await drain(pipeline, database.clickhouse, signal));
  }
  const config = { signal, records: RECORDS, messages: MESSAGES };
  const rates = runs.map(({ seconds }) => RECORDS / seconds);
  print({ metric: "records_per_second", unit: "records/s", values: rates, config });
  const cpuRates = runs.map(({ cpuSeconds }) => RECORDS / cpuSeconds);
  print({ metric: "records_per_writer_cpu_second", unit: "records/s", values: cpuRates, config });
  await pipeline[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
}

/** How long after its acknowledgement each message of a trickle is in the database. */
async function benchTrickle(): Promise<void> {
  const database = await startTestDatabase();
  const pipeline = await startPipeline();
  const acknowledged: number[] = [];
  const delays: number[] = [];
  let inserts = 0;
  const observer = {
    ...quietObserver,
    inserted: (_table: string, rows: number) => {
      inserts += 1;
      for (let row = 0; row < rows; row++) delays.push(performance.now() - (acknowledged[delays.length] ?? 0));
    },
  };
  const writer = await startTestWriter(pipeline.bus, database.clickhouse, {
    lanes: ["logs"],
    limits,
    observe: () => observer,
  });
  const startedAt = performance.now();
  for (let at = 0; at < TRICKLE_MESSAGES; at++) {
    await pipeline.publish("logs", [`log ${at}`], { shard: at % 4 });
    acknowledged.push(performance.now());
    await sleep(TRICKLE_INTERVAL_MS);
  }
  while (delays.length < TRICKLE_MESSAGES) await sleep(20);
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = delays.toSorted((a, b) => a - b);
  const config = { messages: TRICKLE_MESSAGES, intervalMs: TRICKLE_INTERVAL_MS, inserts };
  print({ metric: "freshness_p50", unit: "ms", values: [sorted[sorted.length >> 1] ?? 0], config });
  print({ metric: "freshness_p95", unit: "ms", values: [sorted[Math.floor(sorted.length * 0.95)] ?? 0], config });
  print({ metric: "inserts_per_second", unit: "1/s", values: [inserts / seconds], config });
  await writer.stop();
  await pipeline[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
}

countBufferMemory();
for (const spec of SIGNALS) await benchBacklog(spec);
await benchTrickle();
