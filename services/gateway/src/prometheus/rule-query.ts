import { Comparison, type MetricCondition, type Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import {
  Aggregation,
  MatchOperator,
  type QueryMetricsRequest,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import type { MatchOperator as PromqlOperator } from "@sightline/query/promql/ast";
import { formatDuration } from "@sightline/query/promql/durations";
import { formatMatcher } from "@sightline/query/promql/format";

const FUNCTIONS: Readonly<Record<number, string>> = {
  [SeriesFunction.RATE]: "rate",
  [SeriesFunction.INCREASE]: "increase",
  [SeriesFunction.AVG_OVER_TIME]: "avg_over_time",
  [SeriesFunction.MIN_OVER_TIME]: "min_over_time",
  [SeriesFunction.MAX_OVER_TIME]: "max_over_time",
};

const AGGREGATIONS: Readonly<Record<number, string>> = {
  [Aggregation.SUM]: "sum",
  [Aggregation.AVG]: "avg",
  [Aggregation.MIN]: "min",
  [Aggregation.MAX]: "max",
  [Aggregation.COUNT]: "count",
};

const COMPARISONS: Readonly<Record<number, string>> = {
  [Comparison.GREATER]: ">",
  [Comparison.GREATER_OR_EQUAL]: ">=",
  [Comparison.LESS]: "<",
  [Comparison.LESS_OR_EQUAL]: "<=",
  [Comparison.EQUAL]: "==",
  [Comparison.NOT_EQUAL]: "!=",
};

const OPERATORS: Readonly<Record<number, PromqlOperator>> = {
  [MatchOperator.UNSPECIFIED]: "=",
  [MatchOperator.NOT_EQUAL]: "!=",
  [MatchOperator.REGEX]: "=~",
  [MatchOperator.NOT_REGEX]: "!~",
};

/** What windows are where a condition names none: the alerter looks in steps of five seconds. */
const DEFAULT_WINDOW_SECONDS = 60;

/** What a rule looks for: as PromQL where it looks at metrics, else in the language of conditions on events. */
export function queryOfRule({ condition }: Rule): string {
  switch (condition?.$case) {
    case "metric":
      return metricQuery(condition.value);
    case "event":
      return condition.value.expression;
    default:
      return "";
  }
}

function metricQuery({ query, comparison, threshold }: MetricCondition): string {
  return query === undefined ? "" : `${aggregated(query)} ${COMPARISONS[comparison] ?? ">"} ${threshold}`;
}

function aggregated(query: QueryMetricsRequest): string {
  const operator = AGGREGATIONS[query.aggregation];
  if (operator === undefined) return ranged(query);
  const by = query.groupBy.length === 0 ? "" : ` by (${query.groupBy.map(labelText).join(", ")}) `;
  return `${operator}${by}(${ranged(query)})`;
}

function ranged(query: QueryMetricsRequest): string {
  const name = FUNCTIONS[query.function];
  if (name === undefined) return selector(query);
  const windowSeconds = query.windowSeconds === 0 ? DEFAULT_WINDOW_SECONDS : query.windowSeconds;
  return `${name}(${selector(query)}[${formatDuration(windowSeconds * 1000)}])`;
}

function selector({ metric, matchers }: QueryMetricsRequest): string {
  const isPlain = /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(metric);
  const conditions = matchers.map(({ name, operator, value }) =>
    formatMatcher({ name, operator: OPERATORS[operator] ?? "=", value }),
  );
  const inBraces = isPlain ? conditions : [JSON.stringify(metric), ...conditions];
  return `${isPlain ? metric : ""}${inBraces.length === 0 ? "" : `{${inBraces.join(",")}}`}`;
}

function labelText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}
