import { readFileSync } from "node:fs";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type BenchStack, startBenchStack } from "./bench-stack.ts";
import { printFigure, quantile, runs } from "./result.ts";
import { cpuOf } from "./stack-cpu.ts";

/** How many log records there are, spread over a day. */
const LOGS = Number(process.env["SIGHTLINE_BENCH_LOGS"] ?? 10_000_000);
const ROWS_PER_INSERT = 500_000;
const DAY_NS = 86_400_000_000_000n;
/** Other ones each time: nothing is answered out of what the database remembers of a condition. */
const QUERIES_PER_RUN = 5;
/** What answers a query of LogQL. */
const PARTS = ["gateway", "storage", "clickhouse"] as const;

/** What is asked of a day of log records. */
export interface LogqlBench {
  readonly bench: string;
  /** Fills the table. */
  readonly seed: URL;
  /** By the metric's name: the parameters of `query_range`, for one of many queries of a kind. The range is the day. */
  readonly cases: Readonly<Record<string, (at: number) => Readonly<Record<string, string>>>>;
}

/** Asks Loki's API from the request to the end of the answer, and prints how long it takes and what it costs all who answer. */
export async function benchLogql({ bench, seed, cases }: LogqlBench): Promise<void> {
  await using stack = await startBenchStack({ services: ["storage", "gateway"] });
  const endNs = BigInt(Date.now()) * 1_000_000n;
  await load(stack, readFileSync(seed, "utf8"), endNs);
  for (const [metric, parametersOf] of Object.entries(cases)) {
    const p50: number[] = [];
    const p95: number[] = [];
    const cpu: number[] = [];
    for (let run = -1; run < runs; run++) {
      const cpuBefore = cpuSeconds(stack);
      const times: number[] = [];
      for (let at = 0; at < QUERIES_PER_RUN; at++) {
        const parameters = parametersOf((run + 1) * QUERIES_PER_RUN + at);
        times.push(await ask(stack, { start: String(endNs - DAY_NS), end: String(endNs), ...parameters }));
      }
      // The first round compiles what is asked for and opens the files.
      if (run < 0) continue;
      p50.push(quantile(times, 0.5));
      p95.push(quantile(times, 0.95));
      cpu.push(((cpuSeconds(stack) - cpuBefore) / QUERIES_PER_RUN) * 1000);
    }
    const config = { logs: LOGS, queries: QUERIES_PER_RUN, query: parametersOf(0)["query"] ?? "" };
    printFigure({ bench, metric: `${metric}_p50`, unit: "ms", values: p50, config });
    printFigure({ bench, metric: `${metric}_p95`, unit: "ms", values: p95, config });
    printFigure({ bench, metric: `${metric}_cpu`, unit: "ms", values: cpu, config });
  }
}

async function load({ clickhouse }: BenchStack, seed: string, end: bigint): Promise<void> {
  for (let first = 0; first < LOGS; first += ROWS_PER_INSERT) {
    const count = Math.min(ROWS_PER_INSERT, LOGS - first);
    await clickhouse.command(seed, { seed: 1, tenant: "default", end, rows: LOGS, first, count });
  }
  // What is merged meanwhile would be measured as well.
  const schema = z.object({ merges: z.number() });
  const sql = "SELECT toUInt32(count()) AS merges FROM system.merges";
  const merging = async () => (await clickhouse.query(sql, {}, { schema }))[0]?.merges;
  await eventually(async () => (await merging()) === 0, { timeoutMs: 600_000, intervalMs: 1000 });
}

function cpuSeconds({ stack }: BenchStack): number {
  return PARTS.reduce((sum, part) => sum + cpuOf(stack.process(part).pid()), 0);
}

/** How long the answer takes, ms. */
async function ask({ stack, queryKey }: BenchStack, parameters: Readonly<Record<string, string>>): Promise<number> {
  const url = `${stack.doors.page}/loki/api/v1/query_range?${new URLSearchParams(parameters)}`;
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${queryKey}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot ask ${parameters["query"]}: got ${response.status}, ${text.slice(0, 200)}`);
  if (text.includes('"result":[]')) throw new Error(`cannot measure ${parameters["query"]}: nothing was found`);
  return performance.now() - startedAt;
}
