import { AppError, invalid } from "@sightline/errors/app-error";
import { eventToJson } from "@sightline/events/json";
import { parseSeverity, severityNames, severityToProto } from "@sightline/events/severity";
import type { Clock } from "@sightline/model/time";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import { z } from "zod";
import type { Storage } from "../clients.ts";
import { eventForm, valueCountForm } from "../json/events.ts";
import { momentOf, momentOrNull } from "../json/scalars.ts";
import { count, list, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

const filterQuery = {
  ...rangeQuery,
  type: list,
  severity: list,
  source: list,
  category: list,
  target: list,
  q: z.string().default("").describe("Words that must all occur"),
};

const filtersForm = z.object(filterQuery);

function filtersFrom(query: z.output<typeof filtersForm>, nowMs: number): EventFilters {
  const range = rangeFrom(query, nowMs);
  return EventFilters.fromPartial({
    eventTypes: query.type,
    severities: query.severity.map((name) => {
      const severity = parseSeverity(name);
      if (severity === undefined)
        throw invalid(`cannot read severity: got ${JSON.stringify(name)}, want ${severityNames}`);
      return severityToProto(severity);
    }),
    sources: query.source,
    categories: query.category,
    targets: query.target,
    startTimeUnixNano: range.startUnixNano,
    endTimeUnixNano: range.endUnixNano,
    searchText: query.q,
  });
}

export function eventRoutes(storage: Storage, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/events",
      operation: "searchEvents",
      summary: "Search events, newest first",
      tag: "events",
      access: "query",
      query: z.strictObject({ ...filterQuery, limit: count, offset: count, cursor: z.string().default("") }),
      answer: z.object({ events: z.array(eventForm), totalCount: z.number(), nextCursor: z.string() }),
      call: async ({ query, caller, signal }) => {
        const { limit, offset, cursor } = query;
        const filters = { ...filtersFrom(query, clock()), limit, offset };
        const found = await storage.call("searchEvents", { filters, cursor }, { tenant: caller.tenant, signal });
        return {
          events: found.events.map(eventToJson),
          totalCount: Number(found.totalCount),
          nextCursor: found.nextCursor,
        };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/events/statistics",
      operation: "getEventStatistics",
      summary: "Count events by severity, type, source, category, target and time",
      tag: "events",
      access: "query",
      query: z.strictObject({ ...filterQuery, bucketSeconds: count }),
      answer: z.object({
        totalCount: z.number(),
        bySeverity: z.array(valueCountForm),
        byType: z.array(valueCountForm),
        bySource: z.array(valueCountForm),
        byCategory: z.array(valueCountForm),
        byTarget: z.array(valueCountForm),
        timeline: z.array(z.object({ start: momentOrNull, bySeverity: z.array(valueCountForm) })),
        bucketSeconds: z.number(),
      }),
      call: async ({ query, caller, signal }) => {
        const request = { filters: filtersFrom(query, clock()), bucketSeconds: query.bucketSeconds };
        const found = await storage.call("getEventStatistics", request, { tenant: caller.tenant, signal });
        return {
          totalCount: Number(found.totalCount),
          bySeverity: found.bySeverity.map(countToJson),
          byType: found.byType.map(countToJson),
          bySource: found.bySource.map(countToJson),
          byCategory: found.byCategory.map(countToJson),
          byTarget: found.byTarget.map(countToJson),
          timeline: found.timeline.map((bucket) => ({
            start: momentOf(bucket.startUnixNano),
            bySeverity: bucket.bySeverity.map(countToJson),
          })),
          bucketSeconds: found.bucketSeconds,
        };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/events/:id",
      operation: "getEvent",
      summary: "Read one event",
      tag: "events",
      access: "query",
      query: z.strictObject({}),
      answer: eventForm,
      call: async ({ param, caller, signal }) => {
        const found = await storage.call("getEvent", { eventId: param("id") }, { tenant: caller.tenant, signal });
        if (found.event === undefined) throw new AppError("not_found", `cannot find event ${param("id")}`);
        return eventToJson(found.event);
      },
    }),
  ];
}

function countToJson({ value, count }: { value: string; count: bigint }): z.infer<typeof valueCountForm> {
  return { value, count: Number(count) };
}
