// How long a board takes to be drawn: all that its panels ask, asked as a browser does, until the last answer is there. Each round
// shows a range that ends a little later, as a board does that refreshes itself; once with a gateway that remembers results of ranges
// and once with one that does not.
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import type { Doors } from "../e2e/grafana/ask.ts";
import { type Board, readBoards } from "../e2e/grafana/boards.ts";
import { allOf } from "../e2e/grafana/interpolate.ts";
import { seriesOf } from "../e2e/grafana/metrics.ts";
import { problemsOf, queriesOf } from "../e2e/grafana/panel-queries.ts";
import { scrapesOf, seed } from "../e2e/grafana/seed.ts";
import { startService } from "../faults/service-process.ts";
import { startBenchStack } from "./bench-stack.ts";
import { printFigure, quantile, runs } from "./result.ts";
import { cpuOf } from "./stack-cpu.ts";

const ROUNDS_PER_RUN = 4;
const REFRESH_MS = 15_000;
/** Six hours of three instances of all platforms. */
const load = { lengthMs: 6 * 3_600_000, instances: 3, traces: 10_000, lines: 100_000 };

await using bench = await startBenchStack({ services: ["ingest", "storage", "gateway"] });
const { otlpGrpc, otlpHttp, page } = bench.stack.doors;
const startedMs = Date.now();
await seed({ otlpGrpc, otlpHttp, ingestKey: bench.ingestKey, endMs: startedMs, ...load });
await eventually(stored, { timeoutMs: 300_000, intervalMs: 500 });

async function stored(): Promise<boolean> {
  const schema = z.object({ done: z.literal([0, 1]) });
  const samples = scrapesOf(load) * load.instances;
  const [found] = await bench.clickhouse.query(
    `SELECT (SELECT count() FROM otel_traces WHERE ServiceName LIKE 'aegis-%') = ${load.traces * 5}
        AND (SELECT count() FROM otel_logs WHERE ServiceName = 'aegis-executor') = ${Math.ceil((load.lines - 3) / 7)}
        AND (SELECT count() FROM metrics_samples WHERE MetricName = 'sprint_completion_percent') = ${samples} AS done`,
    {},
    { schema },
  );
  return found?.done === 1;
}

/** A gateway, and what it and those behind it have used since they started, in milliseconds of CPU time. */
interface Asked {
  readonly rangeCache: "on" | "off";
  readonly doors: Doors;
  cpuMs(): number;
}

await using forgetful = await startService(bench.stack, "gateway", {
  settings: { SIGHTLINE_RANGE_CACHE_MAX_BYTES: "0" },
});
await forgetful.ready();
const asked = (rangeCache: Asked["rangeCache"], url: string, pid: () => number | undefined): Asked => ({
  rangeCache,
  doors: { url, queryKey: bench.queryKey, clickhouse: bench.clickhouse },
  cpuMs: () => {
    const behind = (["storage", "clickhouse"] as const).map((part) => bench.stack.process(part).pid());
    return 1000 * [pid(), ...behind].reduce<number>((sum, process) => sum + cpuOf(process), 0);
  },
});
const gateways = [
  asked("off", `http://127.0.0.1:${forgetful.ports("gatewayHttp")}`, () => forgetful.pid),
  asked("on", page, () => bench.stack.process("gateway").pid()),
];

/** Draws a board in rounds; answers how long each took, and what one cost. */
async function draw(board: Board, { doors, cpuMs }: Asked, firstMs: number) {
  const rounds: number[] = [];
  const before = cpuMs();
  for (let round = 0; round < ROUNDS_PER_RUN; round++) {
    const opened = { toMs: firstMs + round * REFRESH_MS, variables: allOf(board.templating.list) };
    const began = performance.now();
    const problems = await problemsOf(doors, queriesOf(board, opened), 0);
    rounds.push(performance.now() - began);
    if (problems.length > 0) throw new Error(`cannot draw ${board.title}: ${problems.join("; ")}`);
  }
  return { p95: quantile(rounds, 0.95), cpu: (cpuMs() - before) / ROUNDS_PER_RUN };
}

const series = seriesOf(load.instances).length;
/** Of the slowest board in each run. */
const slowest = { off: new Array<number>(runs).fill(0), on: new Array<number>(runs).fill(0) };
for (const board of readBoards()) {
  const queries = queriesOf(board, { toMs: startedMs, variables: allOf(board.templating.list) }).length;
  for (const gateway of gateways) {
    // What neither has compiled or read before is no matter of boards.
    await draw(board, gateway, startedMs - REFRESH_MS * ROUNDS_PER_RUN);
    const drawn: Awaited<ReturnType<typeof draw>>[] = [];
    for (let run = 0; run < runs; run++) {
      drawn.push(await draw(board, gateway, startedMs + run * ROUNDS_PER_RUN * REFRESH_MS));
    }
    const ofGateway = slowest[gateway.rangeCache];
    for (const [run, { p95 }] of drawn.entries()) ofGateway[run] = Math.max(ofGateway[run] ?? 0, p95);
    const config = { board: board.title, rangeCache: gateway.rangeCache, queries, series, ...load };
    const figure = { bench: "query-boards", unit: "ms", config };
    printFigure({ ...figure, metric: "drawn_in_p95", values: drawn.map(({ p95 }) => p95) });
    printFigure({ ...figure, metric: "cpu_time", values: drawn.map(({ cpu }) => cpu) });
  }
}
for (const rangeCache of ["off", "on"] as const) {
  const config = { rangeCache, series, ...load };
  printFigure({
    ...{ bench: "query-boards", metric: `slowest_drawn_in_p95_cache_${rangeCache}`, unit: "ms", config },
    values: slowest[rangeCache],
  });
}
