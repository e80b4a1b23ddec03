// What ten thousand rules cost, each evaluated every 30 seconds, while what they look at goes on coming in: CPU time of those who take part.
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import type { RestClient } from "../e2e/rest-client.ts";
import { type BenchStack, startBenchStack } from "./bench-stack.ts";
import { printFigure, runs, seconds } from "./result.ts";
import { METRICS, RULES, ruleFiles, SCRAPE_MS, SERIES_OF_METRIC, scrapes } from "./rule-load.ts";
import { type CpuSeconds, cpuBetween, stackCpu } from "./stack-cpu.ts";

const PARTS = ["alerter", "storage", "clickhouse", "postgres", "nats"] as const;
/** As far back as rules look, and some more. */
const HISTORY_MS = 15 * 60_000;
const INTERVAL_MS = 30_000;
/** Every rule is evaluated in each run, and all of them once before: nothing is compiled then. */
const RUN_SECONDS = Math.max(30, seconds);
const config = {
  rules: RULES,
  intervalSeconds: INTERVAL_MS / 1000,
  series: METRICS * SERIES_OF_METRIC,
  seconds: RUN_SECONDS,
};

const rulesForm = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.looseObject({ lastEvaluation: z.string(), health: z.string() })) })),
  }),
});

await using bench = await startBenchStack({ services: ["ingest", "storage", "gateway", "alerter"] });
await writeHistory(bench);
for (const [name, source] of ruleFiles()) {
  await bench.rest.send("PUT", `/v1/rule-files/${name}`, { source }, z.looseObject({}));
}
const stop = new AbortController();
const scraping = scrape(bench, stop.signal);
try {
  await measure(bench);
} finally {
  stop.abort();
  await scraping;
}

async function measure({ stack, rest }: BenchStack): Promise<void> {
  await eventually(async () => (await evaluated(rest)) >= RULES, { timeoutMs: 180_000, intervalMs: 1000 });
  await pause(INTERVAL_MS);
  const used: CpuSeconds[] = [];
  for (let run = 0; run < runs; run++) {
    const before = stackCpu(stack, PARTS);
    await pause(RUN_SECONDS * 1000);
    used.push(cpuBetween(before, stackCpu(stack, PARTS)));
  }
  if ((await evaluated(rest, Date.now() - 2 * INTERVAL_MS)) < RULES)
    throw new Error("not every rule was evaluated in time");
  for (const part of PARTS) {
    const values = used.map((cpu) => (cpu.get(part) ?? 0) / RUN_SECONDS);
    printFigure({ bench: "rules-run", metric: `cpu_${part}`, unit: "cores", values, config });
  }
}

async function send({ stack, ingestKey }: BenchStack, times: readonly number[]): Promise<void> {
  for (const body of scrapes(times)) {
    const headers = {
      authorization: `Bearer ${ingestKey}`,
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
    };
    const response = await fetch(`${stack.doors.otlpHttp}/api/v1/write`, { method: "POST", body, headers });
    if (!response.ok) throw new Error(`cannot write: got ${response.status}, ${await response.text()}`);
  }
}

async function writeHistory(to: BenchStack): Promise<void> {
  const endMs = Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS;
  const times = Array.from({ length: HISTORY_MS / SCRAPE_MS }, (_, at) => endMs - at * SCRAPE_MS).reverse();
  for (let from = 0; from < times.length; from += 10) await send(to, times.slice(from, from + 10));
  const rows = z.object({ rows: z.coerce.number() });
  await eventually(
    async () => {
      const [row] = await to.clickhouse.query("SELECT count() AS rows FROM metrics_samples", {}, { schema: rows });
      return (row?.rows ?? 0) >= times.length * METRICS * SERIES_OF_METRIC;
    },
    { timeoutMs: 300_000, intervalMs: 500 },
  );
}

/** Every 15 s, as a Prometheus would. */
async function scrape(to: BenchStack, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await send(to, [Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS]);
    await pause(SCRAPE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** How many rules have been evaluated, without an error; there are some that every tenant has. */
async function evaluated(rest: RestClient, sinceMs = 0): Promise<number> {
  const { data } = await rest.get("/api/v1/rules", rulesForm);
  const all = data.groups.flatMap(({ rules }) => rules);
  const failed = all.find(({ health }) => health === "err");
  if (failed !== undefined) throw new Error(`a rule fails: ${JSON.stringify(failed)}`);
  return all.filter(({ health, lastEvaluation }) => health === "ok" && Date.parse(lastEvaluation) > sinceMs).length;
}
