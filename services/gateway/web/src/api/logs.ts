import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { rangeQuery, refreshMs, type TimeRange } from "../time/time-range.ts";
import { call } from "./client.ts";
import { logPageSchema } from "./types.ts";

/** Which log records. */
export interface LogFilters {
  /** Words, "phrases" and -exclusions in the body. */
  readonly q: string;
  readonly service: readonly string[];
  /** "" for all. */
  readonly minSeverity: string;
  /** "" for all. */
  readonly traceId: string;
  /** key=value pairs that log or resource attributes must equal. */
  readonly attributes: readonly string[];
}

const pageSize = 200;

/** The filters as the API names them. */
export function logFilterQuery(filters: LogFilters): Record<string, string | readonly string[]> {
  const { q, service, minSeverity, traceId } = filters;
  return { q, service, minSeverity, traceId, ...attributeQuery(filters.attributes) };
}

/** Counts over time and in all, without records; asked again while the range grows. */
export function logTimelineQuery(filters: LogFilters, range: TimeRange) {
  return queryOptions({
    queryKey: ["logs", "timeline", filters, range],
    queryFn: ({ signal }) =>
      call(logPageSchema, "/v1/logs", {
        query: { ...logFilterQuery(filters), ...rangeQuery(range), limit: 1 },
        signal,
      }),
    refetchInterval: refreshMs(range),
    placeholderData: keepPreviousData,
  });
}

/** "key=value" pairs as the API's attr.<key> parameters; of a key given twice the last counts. */
export function attributeQuery(pairs: readonly string[]): Record<string, string> {
  const query: Record<string, string> = {};
  for (const pair of pairs) {
    const cut = pair.indexOf("=");
    if (cut > 0) query[`attr.${pair.slice(0, cut)}`] = pair.slice(cut + 1);
  }
  return query;
}

/** Pages of matching records; the first page also has the timeline and the total. */
export function logsQuery(filters: LogFilters, range: TimeRange, order: "asc" | "desc") {
  return infiniteQueryOptions({
    queryKey: ["logs", filters, range, order],
    queryFn: ({ pageParam, signal }) =>
      call(logPageSchema, "/v1/logs", {
        query: { ...logFilterQuery(filters), ...rangeQuery(range), order, limit: pageSize, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => (last.nextCursor === "" ? undefined : last.nextCursor),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
}
