import { readFileSync } from "node:fs";
import type {
  GetStorageStatisticsRequest,
  GetStorageStatisticsResponse,
  SignalLag,
  TableStatistics,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { retentionSeconds } from "../retention/retention-seconds.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { int64 } from "./row-types.ts";

const sizesSql = readFileSync(new URL("./sql/table-sizes.sql", import.meta.url), "utf8");
const rowsSql = readFileSync(new URL("./sql/table-rows.sql", import.meta.url), "utf8");

const tableSizes = {
  sql: sizesSql,
  row: z.object({ name: z.string(), engine: z.string(), bytesOnDisk: int64, bytesUncompressed: int64 }),
};
const tableRows = { sql: rowsSql, row: z.object({ rows: int64, oldest: int64, newest: int64 }) };

const TABLES = [
  "otel_logs",
  "otel_traces",
  "metrics_samples",
  "metrics_histograms",
  "metrics_exponential_histograms",
  "metrics_summaries",
  "metrics_exemplars",
  "events",
];

/** Tells how far behind the bus the database is. */
export type Lags = () => Promise<readonly SignalLag[]>;

/** What is kept, how long, how much room it takes, and how much is still to come. */
export function getStorageStatistics(reader: Reader, lags: Lags) {
  return async (_: GetStorageStatisticsRequest, context: ReadContext): Promise<GetStorageStatisticsResponse> => {
    const sizes = await reader.readSystem(tableSizes, { tables: TABLES }, context.signal);
    const tables = await Promise.all(
      sizes.map(async ({ name, engine, bytesOnDisk, bytesUncompressed }): Promise<TableStatistics> => {
        const [found] = await reader.read(tableRows, { table: name }, context);
        const rows = found?.rows ?? 0n;
        return {
          table: name,
          rows,
          bytesOnDisk,
          bytesUncompressed,
          // The least and greatest of no times are the epoch.
          oldestUnixNano: found?.oldest ?? 0n,
          newestUnixNano: found?.newest ?? 0n,
          retentionSeconds: BigInt(retentionSeconds(engine)),
        };
      }),
    );
    return { tables, lags: [...(await lags())] };
  };
}
