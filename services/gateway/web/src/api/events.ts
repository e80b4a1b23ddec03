import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { rangeQuery, refreshMs, type TimeRange } from "../time/time-range.ts";
import { call } from "./client.ts";
import { eventPageSchema, eventSchema, eventStatisticsSchema } from "./types.ts";

/** The lists an event can be filtered by, as the API names them. */
export const EVENT_FACETS = ["severity", "type", "source", "category", "target"] as const;
export type EventFacet = (typeof EVENT_FACETS)[number];

/** Which events: within one list any value, all lists together. */
export type EventFilters = Readonly<Record<EventFacet, readonly string[]>> & { readonly q: string };

export const NO_FILTERS: EventFilters = { severity: [], type: [], source: [], category: [], target: [], q: "" };

const pageSize = 100;

/** Pages of matching events, newest first. */
export function eventsQuery(filters: EventFilters, range: TimeRange) {
  return infiniteQueryOptions({
    queryKey: ["events", "pages", filters, range],
    queryFn: ({ pageParam, signal }) =>
      call(eventPageSchema, "/v1/events", {
        query: { ...filters, ...rangeQuery(range), limit: pageSize, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => (last.nextCursor === "" ? undefined : last.nextCursor),
    // Asking all pages again would move the list under the reader: what is new comes over the live stream.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

/** Counts of matching events by severity, type, source, category and target, and over time. */
export function eventStatisticsQuery(filters: EventFilters, range: TimeRange) {
  return queryOptions({
    queryKey: ["events", "statistics", filters, range],
    queryFn: ({ signal }) =>
      call(eventStatisticsSchema, "/v1/events/statistics", { query: { ...filters, ...rangeQuery(range) }, signal }),
    refetchInterval: refreshMs(range),
    placeholderData: keepPreviousData,
  });
}

/** One event by its id. */
export function eventQuery(eventId: string) {
  return queryOptions({
    queryKey: ["events", "one", eventId],
    queryFn: ({ signal }) => call(eventSchema, `/v1/events/${encodeURIComponent(eventId)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
