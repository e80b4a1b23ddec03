import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { anomalyListSchema, fleetHealthSchema, storageStatisticsSchema } from "./types.ts";

/** The health of the fleet and of every target, now. */
export const fleetHealthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => call(fleetHealthSchema, "/v1/health", { signal }),
  refetchInterval: 10_000,
});

/** Series that left their baseline within the last day, newest first. */
export const anomaliesQuery = queryOptions({
  queryKey: ["anomalies"],
  queryFn: async ({ signal }) =>
    (await call(anomalyListSchema, "/v1/anomalies", { query: { start: "-24h", limit: 20 }, signal })).anomalies,
  refetchInterval: 30_000,
});

/** What is kept and how far storage is behind. */
export const storageStatisticsQuery = queryOptions({
  queryKey: ["storage"],
  queryFn: ({ signal }) => call(storageStatisticsSchema, "/v1/storage/statistics", { signal }),
  refetchInterval: 30_000,
});
