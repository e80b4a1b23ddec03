// How long a board takes to be drawn: all that its panels ask, asked as a browser does, until the last answer is there. Each round
// shows a range that ends a little later, as a board does that refreshes itself.
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { readBoards } from "../e2e/grafana/boards.ts";
import { allOf } from "../e2e/grafana/interpolate.ts";
import { seriesOf } from "../e2e/grafana/metrics.ts";
import { problemsOf, queriesOf } from "../e2e/grafana/panel-queries.ts";
import { scrapesOf, seed } from "../e2e/grafana/seed.ts";
import { startBenchStack } from "./bench-stack.ts";
import { printFigure, quantile, runs } from "./result.ts";
import { cpuOf } from "./stack-cpu.ts";

const ROUNDS_PER_RUN = 4;
const REFRESH_MS = 15_000;
/** Six hours of three instances of all platforms. */
const load = { lengthMs: 6 * 3_600_000, instances: 3, traces: 10_000, lines: 100_000 };

await using bench = await startBenchStack({ services: ["ingest", "storage", "gateway"] });
const { otlpGrpc, otlpHttp, page } = bench.stack.doors;
const doors = { url: page, queryKey: bench.queryKey, clickhouse: bench.clickhouse };
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

/** CPU time of what answers, in milliseconds. */
const cpuMs = () =>
  1000 *
  (["gateway", "storage", "clickhouse"] as const).reduce(
    (sum, part) => sum + cpuOf(bench.stack.process(part).pid()),
    0,
  );

for (const board of readBoards()) {
  const variables = allOf(board.templating.list);
  const wallMs: number[][] = [];
  const cpu: number[] = [];
  let panels = 0;
  for (let run = 0; run < runs; run++) {
    const rounds: number[] = [];
    const before = cpuMs();
    for (let round = 0; round < ROUNDS_PER_RUN; round++) {
      const queries = queriesOf(board, { toMs: startedMs + (run * ROUNDS_PER_RUN + round) * REFRESH_MS, variables });
      panels = queries.length;
      const began = performance.now();
      const problems = await problemsOf(doors, queries, 0);
      rounds.push(performance.now() - began);
      if (problems.length > 0) throw new Error(`cannot draw ${board.title}: ${problems.join("; ")}`);
    }
    wallMs.push(rounds);
    cpu.push((cpuMs() - before) / ROUNDS_PER_RUN);
  }
  const config = { board: board.title, queries: panels, series: seriesOf(load.instances).length, ...load };
  const p95 = wallMs.map((rounds) => quantile(rounds, 0.95));
  printFigure({ bench: "query-boards", metric: "drawn_in_p95", unit: "ms", values: p95, config });
  printFigure({ bench: "query-boards", metric: "cpu_time", unit: "ms", values: cpu, config });
}
