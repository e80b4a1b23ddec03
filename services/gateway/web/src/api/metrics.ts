import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { rangeQuery, refreshMs, type TimeRange } from "../time/time-range.ts";
import { call } from "./client.ts";
import { metricListSchema, metricQuerySchema } from "./types.ts";

export const SERIES_FUNCTIONS = ["rate", "increase", "avg_over_time", "min_over_time", "max_over_time"] as const;
export const AGGREGATIONS = ["sum", "avg", "min", "max", "count"] as const;

/** What to draw; "" leaves the function or the aggregation out. */
export interface MetricQuery {
  readonly metric: string;
  /** label, operator and value in one: host="a" is `host=a`. */
  readonly match: readonly string[];
  readonly function: string;
  readonly aggregation: string;
  readonly by: readonly string[];
  /** Seconds; undefined leaves it to the server. */
  readonly windowSeconds?: number;
  readonly limit?: number;
}

/** The series of a metric over a range. */
export function metricQuery(query: MetricQuery, range: TimeRange) {
  const { windowSeconds, ...rest } = query;
  return queryOptions({
    queryKey: ["metrics", "query", query, range],
    queryFn: ({ signal }) =>
      call(metricQuerySchema, "/v1/metrics/query", {
        query: { ...rest, window: windowSeconds, ...rangeQuery(range) },
        signal,
      }),
    enabled: query.metric !== "",
    refetchInterval: refreshMs(range),
    placeholderData: keepPreviousData,
  });
}

/** The metrics with a sample within the range, by name. */
export function metricListQuery(range: TimeRange, q = "") {
  return queryOptions({
    queryKey: ["metrics", "list", q, range],
    queryFn: async ({ signal }) =>
      (await call(metricListSchema, "/v1/metrics", { query: { q, ...rangeQuery(range) }, signal })).metrics,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}
