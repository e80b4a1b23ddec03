import type { Clock } from "@sightline/model/time";
import { SearchTracesRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import type { Storage } from "../clients.ts";
import { serviceForm, serviceToJson } from "../json/storage.ts";
import { spanForm, spansToJson, traceSummaryForm, traceSummaryToJson } from "../json/traces.ts";
import { count, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

/** At most a year: what is longer is no span. */
const durationMs = z.coerce
  .number()
  .min(0)
  .max(366 * 86_400_000)
  .default(0);

function nanosOfDuration(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

export function traceRoutes(storage: Storage, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/traces",
      operation: "searchTraces",
      summary: "Search traces, newest first",
      tag: "traces",
      access: "query",
      takesAttributes: true,
      query: z.strictObject({
        ...rangeQuery,
        service: z.string().default(""),
        name: z.string().default("").describe("A span's name"),
        minDurationMs: durationMs,
        maxDurationMs: durationMs,
        errors: z.enum(["true", "false"]).default("false"),
        limit: count,
        cursor: z.string().default(""),
      }),
      answer: z.object({ traces: z.array(traceSummaryForm), nextCursor: z.string() }),
      call: async ({ query, attributes, caller, signal }) => {
        const request = SearchTracesRequest.fromPartial({
          range: rangeFrom(query, clock()),
          service: query.service,
          spanName: query.name,
          minDurationNano: nanosOfDuration(query.minDurationMs),
          maxDurationNano: nanosOfDuration(query.maxDurationMs),
          errorsOnly: query.errors === "true",
          attributes,
          limit: query.limit,
          cursor: query.cursor,
        });
        const found = await storage.call("searchTraces", request, { tenant: caller.tenant, signal });
        return { traces: found.traces.map(traceSummaryToJson), nextCursor: found.nextCursor };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/traces/:id",
      operation: "getTrace",
      summary: "Read one trace",
      tag: "traces",
      access: "query",
      query: z.strictObject({}),
      answer: z.object({ traceId: z.string(), spans: z.array(spanForm) }),
      call: async ({ param, caller, signal }) => {
        const found = await storage.call("getTrace", { traceId: param("id") }, { tenant: caller.tenant, signal });
        return { traceId: param("id").toLowerCase().padStart(32, "0"), spans: spansToJson(found.resourceSpans) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/services",
      operation: "listServices",
      summary: "List the services that sent spans or logs",
      tag: "traces",
      access: "query",
      query: z.strictObject({ ...rangeQuery, limit: count, cursor: z.string().default("") }),
      answer: z.object({ services: z.array(serviceForm), nextCursor: z.string() }),
      call: async ({ query, caller, signal }) => {
        const request = { range: rangeFrom(query, clock()), limit: query.limit, cursor: query.cursor };
        const found = await storage.call("listServices", request, { tenant: caller.tenant, signal });
        return { services: found.services.map(serviceToJson), nextCursor: found.nextCursor };
      },
    }),
  ];
}
