import type { Clock } from "@sightline/model/time";
import { z } from "zod";
import type { Analyzer, Storage } from "../clients.ts";
import { anomalyForm, anomalyToJson, fleetHealthForm, fleetHealthToJson } from "../json/health.ts";
import { tableForm, tableToJson } from "../json/storage.ts";
import { count, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

export function healthRoutes(analyzer: Analyzer, storage: Storage, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/health",
      operation: "getFleetHealth",
      summary: "Read the health of the fleet and its targets",
      tag: "health",
      access: "query",
      query: z.strictObject({}),
      answer: fleetHealthForm,
      call: async ({ caller, signal }) =>
        fleetHealthToJson(await analyzer.call("getFleetHealth", {}, { tenant: caller.tenant, signal })),
    }),
    readRoute({
      method: "get",
      path: "/v1/anomalies",
      operation: "listAnomalies",
      summary: "List anomalies, newest first",
      tag: "health",
      access: "query",
      query: z.strictObject({ ...rangeQuery, limit: count }),
      answer: z.object({ anomalies: z.array(anomalyForm) }),
      call: async ({ query, caller, signal }) => {
        const request = { ...rangeFrom(query, clock()), limit: query.limit };
        const found = await analyzer.call("listAnomalies", request, { tenant: caller.tenant, signal });
        return { anomalies: found.anomalies.map(anomalyToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/storage/statistics",
      operation: "getStorageStatistics",
      summary: "Read what is kept, how large it is and how far storage is behind",
      tag: "health",
      access: "query",
      query: z.strictObject({}),
      answer: z.object({
        tables: z.array(tableForm),
        lags: z.array(z.object({ signal: z.string(), pendingMessages: z.number() })),
        diskUsedRatio: z.number().describe("Of the fullest of the database's disks"),
        diskIsFull: z.boolean().describe("Nothing is stored now: records wait on the bus"),
      }),
      call: async ({ caller, signal }) => {
        const found = await storage.call("getStorageStatistics", {}, { tenant: caller.tenant, signal });
        return {
          tables: found.tables.map(tableToJson),
          lags: found.lags.map((lag) => ({ signal: lag.signal, pendingMessages: Number(lag.pendingMessages) })),
          diskUsedRatio: found.diskUsedRatio,
          diskIsFull: found.diskIsFull,
        };
      },
    }),
  ];
}
