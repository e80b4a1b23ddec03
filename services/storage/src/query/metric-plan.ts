import { readFileSync } from "node:fs";
import { Aggregation, SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import type { Rollup } from "./metric-rollup.ts";
import { fill } from "./statement.ts";

const rolledUpSql = readFileSync(new URL("./sql/rolled-up.sql", import.meta.url), "utf8");
const samplesSql = readFileSync(new URL("./sql/samples.sql", import.meta.url), "utf8");
const rolled = readFileSync(new URL("../rollup/sql/rolled.sql", import.meta.url), "utf8");
const querySql = readFileSync(new URL("./sql/query-metrics.sql", import.meta.url), "utf8");
const lastSql = readFileSync(new URL("./sql/grid-last.sql", import.meta.url), "utf8");
const counterSql = readFileSync(new URL("./sql/grid-counter.sql", import.meta.url), "utf8");
const windowSql = readFileSync(new URL("./sql/grid-window.sql", import.meta.url), "utf8");

/** Where the numbers of a metric are. */
export interface SampleSource {
  readonly table: string;
  /** The number of a row, in SQL. */
  readonly value: string;
  /** The kinds of series that are kept there. */
  readonly types: readonly string[];
}

/** Plain numbers; what is rolled up. */
export const NUMBERS: SampleSource = { table: "metrics_samples", value: "Value", types: ["gauge", "sum"] };

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  histogram: "metrics_histograms",
  exponential_histogram: "metrics_exponential_histograms",
  summary: "metrics_summaries",
};

/** What of a distribution stands for it: its number of observations or their sum. */
export type DistributionPart = "count" | "sum";

/** Flags say that nothing was recorded, and that the counts are bits of doubles (`@sightline/otlp/point-flags`). */
const PARTS: Readonly<Record<DistributionPart, string>> = {
  count: "multiIf(bitTest(Flags, 0), nan, bitTest(Flags, 31), reinterpretAsFloat64(Count), toFloat64(Count))",
  sum: "if(bitTest(Flags, 0), nan, Sum)",
};

/**
 * The source of a metric that has series of these types; undefined when it has none. Plain numbers come before
 * distributions of the same name.
 */
export function sourceOf(types: readonly string[], part: DistributionPart): SampleSource | undefined {
  if (types.some((type) => NUMBERS.types.includes(type))) return NUMBERS;
  for (const [type, table] of Object.entries(DISTRIBUTIONS)) {
    if (types.includes(type)) return { table, value: PARTS[part], types: [type] };
  }
  return undefined;
}

/** Whether a metric's series count from their start on, or since the last point only. */
export interface Temporalities {
  readonly cumulative: boolean;
  readonly delta: boolean;
}

export interface MetricPlan {
  readonly source: SampleSource;
  readonly function: SeriesFunction;
  readonly aggregation: Aggregation;
  readonly temporalities: Temporalities;
  /** Read in place of the samples, which must be plain numbers. */
  readonly rollup: Rollup | undefined;
}

/** The statement for a plan: one of a closed list. */
export function metricSql(plan: MetricPlan): string {
  return fill(querySql, {
    samples: samplesOf(plan),
    grids: gridsOf(plan),
    aggregate: AGGREGATES[plan.aggregation],
  });
}

function samplesOf({ source, rollup }: MetricPlan): string {
  if (rollup !== undefined) return fill(rolledUpSql, { rollup: rollup.table, rolled });
  return fill(samplesSql, { table: source.table, value: source.value });
}

const AGGREGATES: Readonly<Record<Aggregation, string>> = {
  [Aggregation.UNRECOGNIZED]: "any(grid)",
  [Aggregation.UNSPECIFIED]: "any(grid)",
  [Aggregation.SUM]: "sumForEach(grid)",
  [Aggregation.AVG]: "avgForEach(grid)",
  [Aggregation.MIN]: "minForEach(grid)",
  [Aggregation.MAX]: "maxForEach(grid)",
  [Aggregation.COUNT]: "arrayMap(number -> if(number = 0, NULL, toFloat64(number)), countForEach(grid))",
};

/** How the numbers of a window are put together: samples, or buckets. */
const OF_SAMPLES = { from: "samples", avg: "avg(Value)", min: "min(Value)", max: "max(Value)", sum: "sum(Value)" };
const OF_BUCKETS = { from: "buckets", avg: "sum(Sum) / sum(Count)", min: "min(Min)", max: "max(Max)", sum: "sum(Sum)" };

function gridsOf({ rollup, temporalities, ...plan }: MetricPlan): string {
  const { from, avg, min, max, sum } = rollup === undefined ? OF_SAMPLES : OF_BUCKETS;
  const window = (over: string, which = "true") => fill(windowSql, { from, over, which });
  const counter = (toGrid: string, share: string) =>
    counterGrids(temporalities, {
      ofCumulative:
        rollup === undefined ? fill(counterSql, { function: toGrid }) : window(`sum(Grown)${share}`, "NOT isDelta"),
      ofDelta: window(sum + share, "isDelta"),
    });
  switch (plan.function) {
    case SeriesFunction.RATE:
      return counter("timeSeriesRateToGrid", " / {window:UInt32}");
    case SeriesFunction.INCREASE:
      return counter("timeSeriesIncreaseToGrid", "");
    case SeriesFunction.AVG_OVER_TIME:
      return window(avg);
    case SeriesFunction.MIN_OVER_TIME:
      return window(min);
    case SeriesFunction.MAX_OVER_TIME:
      return window(max);
    default:
      return lastSql;
  }
}

interface CounterGrids {
  readonly ofCumulative: string;
  /** Counters that start again at every point need no extrapolation: their points of the window are added up. */
  readonly ofDelta: string;
}

function counterGrids({ cumulative, delta }: Temporalities, { ofCumulative, ofDelta }: CounterGrids): string {
  if (cumulative && delta) return `${ofCumulative}\n        UNION ALL\n${ofDelta}`;
  return delta ? ofDelta : ofCumulative;
}
