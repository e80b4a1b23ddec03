import type { ClickHouse } from "@sightline/clickhouse/client";
import type {
  GetStorageStatisticsRequest,
  GetStorageStatisticsResponse,
  SignalLag,
  TableStatistics,
} from "@sightline/proto/sightline/query/v1/query_service";
import { readAppliedRules } from "../retention/read-rules.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { readTenantUsage } from "./tenant-usage.ts";

const TABLES = [
  "events",
  "metrics_exemplars",
  "metrics_exponential_histograms",
  "metrics_exponential_histograms_rollup_1h",
  "metrics_exponential_histograms_rollup_5m",
  "metrics_histograms",
  "metrics_histograms_rollup_1h",
  "metrics_histograms_rollup_5m",
  "metrics_rollup_1h",
  "metrics_rollup_5m",
  "metrics_samples",
  "metrics_summaries",
  "metrics_summaries_rollup_1h",
  "metrics_summaries_rollup_5m",
  "otel_logs",
  "otel_traces",
];
const DAY_SECONDS = 86_400n;

/** What is known of the database's disks. */
export interface DiskState {
  usedPercent(): number;
  level(): "ok" | "high" | "full";
}

/** Tells how far behind the bus the database is. */
export type Lags = () => Promise<readonly SignalLag[]>;

export interface StorageStatisticsOptions {
  readonly reader: Reader;
  readonly clickhouse: Pick<ClickHouse, "query">;
  readonly lags: Lags;
  /** How full the fullest disk is. */
  readonly disk: DiskState;
}

/** What is kept, how long, how much room it takes, and how much is still to come. */
export function getStorageStatistics({ reader, clickhouse, lags, disk }: StorageStatisticsOptions) {
  return async (_: GetStorageStatisticsRequest, context: ReadContext): Promise<GetStorageStatisticsResponse> => {
    const [usages, rules] = await Promise.all([
      readTenantUsage(reader, TABLES, context),
      readAppliedRules(clickhouse, [context.tenant]),
    ]);
    const tables = TABLES.map((table): TableStatistics => {
      const usage = usages.get(table);
      return {
        table,
        rows: usage?.rows ?? 0n,
        bytesOnDisk: usage?.tableBytesOnDisk ?? 0n,
        bytesUncompressed: usage?.tableBytesUncompressed ?? 0n,
        tenantBytesOnDisk: usage?.bytesOnDisk ?? 0n,
        oldestUnixNano: usage?.oldestUnixNano ?? 0n,
        newestUnixNano: usage?.newestUnixNano ?? 0n,
        retentionSeconds: BigInt(rules.get(table)?.days.get(context.tenant)?.days ?? 0) * DAY_SECONDS,
      };
    });
    const diskUsedRatio = disk.usedPercent() / 100;
    return { tables, lags: [...(await lags())], diskUsedRatio, diskIsFull: disk.level() === "full" };
  };
}
