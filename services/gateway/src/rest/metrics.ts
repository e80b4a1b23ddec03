import type { Clock } from "@sightline/model/time";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import type { Storage } from "../clients.ts";
import {
  aggregations,
  functions,
  matcherFromText,
  matcherSyntax,
  metricInfoForm,
  metricInfoToJson,
  seriesForm,
  seriesToJson,
} from "../json/metrics.ts";
import { count, list, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

export function metricRoutes(storage: Storage, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/metrics",
      operation: "listMetrics",
      summary: "List metrics",
      tag: "metrics",
      access: "query",
      query: z.strictObject({
        ...rangeQuery,
        q: z.string().default("").describe("Part of the name"),
        limit: count,
        cursor: z.string().default(""),
      }),
      answer: z.object({ metrics: z.array(metricInfoForm), nextCursor: z.string() }),
      call: async ({ query, caller, signal }) => {
        const { q: nameContains, limit, cursor } = query;
        const request = { range: rangeFrom(query, clock()), nameContains, limit, cursor };
        const found = await storage.call("listMetrics", request, { tenant: caller.tenant, signal });
        return { metrics: found.metrics.map(metricInfoToJson), nextCursor: found.nextCursor };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/metrics/query",
      operation: "queryMetrics",
      summary: "Query the series of a metric",
      tag: "metrics",
      access: "query",
      query: z.strictObject({
        ...rangeQuery,
        metric: z.string().min(1),
        match: list.pipe(z.array(matcherSyntax)).describe("<label><operator><value>, operators = != =~ !~"),
        function: functions.schema.optional(),
        window: count.describe("Seconds"),
        aggregation: aggregations.schema.optional(),
        by: list.describe("Labels that stay apart when aggregating"),
        step: count.describe("Seconds"),
        limit: count,
      }),
      answer: z.object({ series: z.array(seriesForm), totalSeries: z.number(), stepSeconds: z.number() }),
      call: async ({ query, caller, signal }) => {
        const request = QueryMetricsRequest.fromPartial({
          metric: query.metric,
          matchers: query.match.map(matcherFromText),
          range: rangeFrom(query, clock()),
          stepSeconds: query.step,
          function: functions.toNumber(query.function),
          windowSeconds: query.window,
          aggregation: aggregations.toNumber(query.aggregation),
          groupBy: query.by,
          limit: query.limit,
        });
        const found = await storage.call("queryMetrics", request, { tenant: caller.tenant, signal });
        return {
          series: found.series.map(seriesToJson),
          totalSeries: found.totalSeries,
          stepSeconds: found.stepSeconds,
        };
      },
    }),
  ];
}
