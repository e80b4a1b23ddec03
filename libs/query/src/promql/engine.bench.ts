// What PromQL costs beside reading the samples: the shapes of dashboards over samples that are in memory.
import { createEngine, readQuery } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import type { SampledSeries } from "./samples.ts";
import type { SampleSource } from "./source.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const scrapeMs = 15_000;
const endMs = 1_700_000_000_000;
const { signal } = new AbortController();
const engine = createEngine();

interface Shape {
  readonly name: string;
  readonly series: number;
  readonly rangeMs: number;
  /** Null for an instant query. */
  readonly stepMs: number | null;
  readonly query: string;
  /** How many buckets each histogram has; 0 where the series are none. */
  readonly buckets: number;
}

const hour = 3_600_000;

const shapes: readonly Shape[] = [
  {
    name: "rate",
    series: 1_000,
    rangeMs: 6 * hour,
    stepMs: 60_000,
    query: "sum by (job) (rate(x_total[5m]))",
    buckets: 0,
  },
  {
    name: "histogram",
    series: 5_000,
    rangeMs: hour,
    stepMs: 15_000,
    query: "histogram_quantile(0.99, rate(x_bucket[5m]))",
    buckets: 10,
  },
  {
    name: "histogram_sum",
    series: 5_000,
    rangeMs: hour,
    stepMs: 15_000,
    query: "histogram_quantile(0.99, sum by (job, le) (rate(x_bucket[5m])))",
    buckets: 10,
  },
  { name: "instant", series: 10_000, rangeMs: 300_000, stepMs: null, query: "x_total", buckets: 0 },
  {
    name: "join",
    series: 2_000,
    rangeMs: hour,
    stepMs: 15_000,
    query: "x_total / on (instance, job) x_total",
    buckets: 0,
  },
  { name: "top", series: 1_000, rangeMs: hour, stepMs: 15_000, query: "topk(10, x_total)", buckets: 0 },
];

for (const shape of shapes) {
  const source = sourceOf(shape);
  const query = readQuery(shape.query);
  const values: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const before = process.cpuUsage();
    if (shape.stepMs === null) await engine.instant(query, endMs, { source, signal });
    else {
      const times = { startMs: endMs - shape.rangeMs, endMs, stepMs: shape.stepMs };
      await engine.range(query, times, { source, signal });
    }
    const { user, system } = process.cpuUsage(before);
    // The first one is not compiled yet.
    if (run > 0) values.push((user + system) / 1000);
  }
  print(shape, values);
}

function print(shape: Shape, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Number(value.toPrecision(4));
  const samples = shape.series * Math.round(shape.rangeMs / scrapeMs);
  const figure = {
    bench: "promql",
    metric: `${shape.name}_cpu_milliseconds`,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    unit: "ms",
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: { node: process.version, query: shape.query, series: shape.series, samples },
  };
  console.log(JSON.stringify(figure));
}

/** Counters that grow evenly, with the labels that programs have. */
function sourceOf({ series: count, rangeMs, buckets }: Shape): SampleSource {
  const length = Math.round((rangeMs + 300_000) / scrapeMs) + 1;
  const times = Float64Array.from({ length }, (_, i) => endMs - (length - 1 - i) * scrapeMs - 3_000);
  const series = Array.from({ length: count }, (_, i): SampledSeries => {
    const bucket = buckets === 0 ? 0 : i % buckets;
    const instance = buckets === 0 ? i : Math.floor(i / buckets);
    const le = bucket === buckets - 1 ? "+Inf" : String(2 ** bucket / 100);
    const labels = labelsOf([
      ["__name__", buckets === 0 ? "x_total" : "x_bucket"],
      ["instance", `10.0.0.${instance}:9100`],
      ["job", `job-${instance % 20}`],
      ["le", buckets === 0 ? "" : le],
      ["region", "eu-west-1"],
    ]);
    const perScrape = (bucket + 1) * (1 + (instance % 7));
    const values = times.map((_, at) => at * perScrape);
    return { labels, times, values, histograms: null, startTimes: null, weights: null, isDelta: false };
  });
  return { select: async () => series };
}
