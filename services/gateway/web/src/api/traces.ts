import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { rangeQuery, type TimeRange } from "../time/time-range.ts";
import { call } from "./client.ts";
import { attributeQuery } from "./logs.ts";
import { serviceListSchema, traceListSchema, traceSchema } from "./types.ts";

/** Which traces; "" leaves a condition out. */
export interface TraceFilters {
  readonly service: string;
  readonly name: string;
  readonly minDurationMs: string;
  readonly maxDurationMs: string;
  readonly errors: boolean;
  /** key=value pairs that one span must have. */
  readonly attributes: readonly string[];
}

/** How many traces one search shows. */
export const TRACE_LIMIT = 100;

/** Matching traces, newest first. */
export function tracesQuery(filters: TraceFilters, range: TimeRange) {
  const { service, name, minDurationMs, maxDurationMs, errors, attributes } = filters;
  return queryOptions({
    queryKey: ["traces", filters, range],
    queryFn: async ({ signal }) => {
      const query = { service, name, minDurationMs, maxDurationMs, limit: TRACE_LIMIT, ...rangeQuery(range) };
      const only = { errors: errors ? true : undefined, ...attributeQuery(attributes) };
      return (await call(traceListSchema, "/v1/traces", { query: { ...query, ...only }, signal })).traces;
    },
    placeholderData: keepPreviousData,
  });
}

/** All spans of one trace. */
export function traceQuery(traceId: string) {
  return queryOptions({
    queryKey: ["trace", traceId],
    queryFn: ({ signal }) => call(traceSchema, `/v1/traces/${encodeURIComponent(traceId)}`, { signal }),
    staleTime: 30_000,
  });
}

/** The services that sent something within the range. */
export function servicesQuery(range: TimeRange) {
  return queryOptions({
    queryKey: ["services", range],
    queryFn: async ({ signal }) =>
      (await call(serviceListSchema, "/v1/services", { query: rangeQuery(range), signal })).services,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}
