// What evaluating costs, without the reading: spans a second of one core's CPU time, for one JSON line each.
import { createMetrics } from "./metrics/metrics.ts";
import { type MetricsPlan, plan, type SearchPlan } from "./plan.ts";
import { createSearch } from "./search.ts";
import { columnsOfSpans, EPOCH_MS, type SpanLiteral } from "./testing/traces.ts";
import { parseTraceQl } from "./traceql.ts";

const TRACES = 400;
const SPANS = 50;
const RUNS = 7;

const traces = Array.from({ length: TRACES }, (_, trace) =>
  Array.from(
    { length: SPANS },
    (_, span): SpanLiteral => ({
      id: `${span}`,
      parent: span === 0 ? "" : `${Math.floor((span - 1) / 3)}`,
      name: `operation ${span % 10}`,
      service: `service-${span % 7}`,
      at: trace * 100 + span,
      ms: (span * 37 + trace * 11) % 500,
      status: (span + trace) % 50 === 0 ? "error" : "unset",
      kind: span % 2 === 0 ? "server" : "client",
      span: { "http.status_code": (span + trace) % 20 === 0 ? "500" : "200", "http.method": "GET" },
    }),
  ),
);

const queries = {
  filter: "{ span.http.status_code >= 500 && resource.service.name = `service-3` && duration > 100ms }",
  descendants: "{ resource.service.name = `service-1` } >> { status = error }",
  groups: "{ kind = server } | by(resource.service.name) | avg(duration) > 200ms",
  rate: "{ status = error } | rate() by (resource.service.name)",
  quantiles: "{ true } | quantile_over_time(duration, .5, .99) by (resource.service.name)",
} as const;

/** Makes what evaluates the query over all traces once. */
function evaluation(source: string): () => void {
  const planned = plan(parseTraceQl(source).query);
  return planned.type === "search" ? searching(planned) : measuring(planned);
}

function searching(planned: SearchPlan): () => void {
  const columns = traces.map((spans) => columnsOfSpans(spans, planned.fields));
  const find = createSearch(planned, { spansPerSpanset: 3 });
  return () => {
    for (const trace of columns) find(trace);
  };
}

function measuring(planned: MetricsPlan): () => void {
  const columns = planned.leaves.map((leaf) => traces.map((spans) => columnsOfSpans(spans, leaf.fields)));
  const start = BigInt(EPOCH_MS) * 1_000_000n;
  const range = {
    startUnixNano: start,
    endUnixNano: start + 60_000_000_000n,
    stepNanos: 1_000_000_000n,
    isInstant: false,
  };
  return () => {
    const metrics = createMetrics(planned, { range });
    columns.forEach((of, leaf) => {
      for (const trace of of) metrics.leaves[leaf]?.observeTrace(trace);
    });
    metrics.results();
  };
}

for (const [name, source] of Object.entries(queries)) {
  const evaluate = evaluation(source);
  const repeat = 20;
  for (let round = 0; round < repeat; round++) evaluate();
  const rates = Array.from({ length: RUNS }, () => {
    const { user: before } = process.cpuUsage();
    for (let round = 0; round < repeat; round++) evaluate();
    return (TRACES * SPANS * repeat * 1e6) / (process.cpuUsage().user - before);
  }).sort((one, other) => one - other);
  const round = (rate = Number.NaN) => Number(rate.toPrecision(3));
  const [value, min, max] = [round(rates[RUNS >> 1]), round(rates[0]), round(rates.at(-1))];
  const config = { query: source, traces: TRACES, spansPerTrace: SPANS };
  console.log(
    JSON.stringify({
      bench: "traceql",
      metric: `${name}_spans_per_second_per_core`,
      value,
      unit: "spans/s",
      min,
      max,
      runs: RUNS,
      config,
    }),
  );
}
