import { readFileSync } from "node:fs";
import { Aggregation, SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import { fill } from "./statement.ts";

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

const NUMBERS: SampleSource = { table: "metrics_samples", value: "Value", types: ["gauge", "sum"] };

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  histogram: "metrics_histograms",
  exponential_histogram: "metrics_exponential_histograms",
  summary: "metrics_summaries",
};

/** What of a distribution stands for it: its number of observations or their sum. */
export type DistributionPart = "count" | "sum";

const PARTS: Readonly<Record<DistributionPart, string>> = { count: "toFloat64(Count)", sum: "Sum" };

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
}

/** The statement for a plan: one of a closed list. */
export function metricSql({ source, aggregation, temporalities, ...plan }: MetricPlan): string {
  return fill(querySql, {
    table: source.table,
    value: source.value,
    grids: gridsOf(plan.function, temporalities),
    aggregate: AGGREGATES[aggregation],
  });
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

function gridsOf(seriesFunction: SeriesFunction, temporalities: Temporalities): string {
  switch (seriesFunction) {
    case SeriesFunction.RATE:
      return counterGrids("timeSeriesRateToGrid", "sum(Value) / {window:UInt32}", temporalities);
    case SeriesFunction.INCREASE:
      return counterGrids("timeSeriesIncreaseToGrid", "sum(Value)", temporalities);
    case SeriesFunction.AVG_OVER_TIME:
      return fill(windowSql, { over: "avg(Value)", which: "true" });
    case SeriesFunction.MIN_OVER_TIME:
      return fill(windowSql, { over: "min(Value)", which: "true" });
    case SeriesFunction.MAX_OVER_TIME:
      return fill(windowSql, { over: "max(Value)", which: "true" });
    default:
      return lastSql;
  }
}

/** Counters that start again at every point need no extrapolation: their points of the window are added up. */
function counterGrids(cumulativeFunction: string, deltaSum: string, { cumulative, delta }: Temporalities): string {
  const ofCumulative = fill(counterSql, { function: cumulativeFunction });
  const ofDelta = fill(windowSql, { over: deltaSum, which: "isDelta" });
  if (cumulative && delta) return `${ofCumulative}\n        UNION ALL\n${ofDelta}`;
  return delta ? ofDelta : ofCumulative;
}
