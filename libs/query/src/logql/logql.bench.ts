import { evaluateLogql } from "./evaluate/engine.ts";
import type { LineChunk, LogSource } from "./evaluate/source.ts";
import { parseLogql } from "./logql.ts";
import { planLogql } from "./plan/plan.ts";
import type { Labels } from "./stages/line.ts";

const runs = 7;
const linesPerChunk = 4096;
const chunks = 25;
const stepNs = 60e9;

const streams: Labels[] = Array.from(
  { length: 20 },
  (_, at) =>
    new Map([
      ["app", `shop-${at % 4}`],
      ["pod", `shop-${at}`],
      ["namespace", "prod"],
    ]),
);

const jsonLine = (at: number) =>
  JSON.stringify({
    timestamp: new Date(1_700_000_000_000 + at).toISOString(),
    level: at % 10 === 0 ? "error" : "info",
    message: `order ${at} was taken and is on its way to the customer who waits for it`,
    trace_id: (at + 1).toString(16).padStart(32, "0"),
    user_id: `user-${at % 1000}`,
    duration_ms: at % 500,
    context: { endpoint: "/api/v1/orders", method: "POST", status: 200 + (at % 7) },
  });

const logfmtLine = (at: number) =>
  `ts=${new Date(1_700_000_000_000 + at).toISOString()} level=${at % 10 === 0 ? "error" : "info"} ` +
  `msg="order ${at} was taken and is on its way" user_id=user-${at % 1000} duration=${at % 500}ms method=POST status=${200 + (at % 7)}`;

function chunkOf(lineAt: (at: number) => string): LineChunk {
  const indexes = Array.from({ length: linesPerChunk }, (_, at) => at);
  return {
    streams,
    streamOf: indexes.map((at) => at % streams.length),
    timestampsNs: BigInt64Array.from(indexes.map((at) => BigInt(at) * 800_000_000n)),
    texts: indexes.map(lineAt),
    metadata: indexes.map(() => null),
  };
}

function sourceOf(chunk: LineChunk): LogSource {
  return {
    async *lines() {
      for (let at = 0; at < chunks; at++) yield chunk;
    },
    async *panes() {
      yield* [];
    },
  };
}

const json = sourceOf(chunkOf(jsonLine));
const logfmt = sourceOf(chunkOf(logfmtLine));

/** What is measured, the name of each as a metric. */
const queries: readonly (readonly [metric: string, query: string, source: LogSource])[] = [
  ["line_filter", '{app=~".+"} |~ "order [0-9]*99 was" |= "nothing"', json],
  ["json_filter", '{app=~".+"} |= "order" | json | duration_ms > 1000', json],
  ["logfmt_filter", '{app=~".+"} |= "order" | logfmt | duration > 10s', logfmt],
  ["json_by_level", 'sum by (level) (count_over_time({app=~".+"} | json [5m]))', json],
  ["logfmt_by_level", 'sum by (level) (count_over_time({app=~".+"} | logfmt [5m]))', logfmt],
  ["json_unwrap", 'quantile_over_time(0.99, {app=~".+"} | json | unwrap duration_ms [5m]) by (app)', json],
  ["pattern_count", 'sum by (m) (rate({app=~".+"} | pattern `<_> method=<m> <_>` [5m]))', logfmt],
  ["line_format", '{app=~".+"} | json | line_format "{{.level | upper}} {{.message}}" |= "nothing"', json],
];

const limits = { maxSeries: 500, maxCells: 10_000_000, maxSamples: 10_000_000, maxTextLength: 100_000_000 };
const signal = new AbortController().signal;

async function run(query: string, source: LogSource): Promise<number> {
  const plan = planLogql(parseLogql(query), {
    startNs: 0n,
    endNs: 3600_000_000_000n,
    stepNs,
    direction: "forward",
    limit: 100,
    nowNs: 0n,
    maxSteps: 11_000,
  });
  const { statistics } = await evaluateLogql(plan, { source, limits, signal });
  return statistics.lines;
}

for (const [metric, query, source] of queries) {
  await run(query, source);
  const rates: number[] = [];
  for (let at = 0; at < runs; at++) {
    const { user: before } = process.cpuUsage();
    const lines = await run(query, source);
    rates.push((lines * 1e6) / (process.cpuUsage().user - before));
  }
  rates.sort((a, b) => a - b);
  const round = (rate: number | undefined) => Math.round(rate ?? Number.NaN);
  console.log(
    JSON.stringify({
      bench: "logql",
      metric: `${metric}_lines_per_second_per_core`,
      value: round(rates[runs >> 1]),
      unit: "lines/s",
      min: round(rates[0]),
      max: round(rates.at(-1)),
      runs,
      config: { node: process.version, lines: linesPerChunk * chunks, query },
    }),
  );
}
