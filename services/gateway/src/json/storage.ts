import type { ServiceInfo, TableStatistics } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { momentOf, momentOrNull } from "./scalars.ts";

export const serviceForm = z.object({
  name: z.string(),
  spanCount: z.number(),
  errorSpanCount: z.number(),
  logCount: z.number(),
  p50DurationNano: z.number(),
  p95DurationNano: z.number(),
});

export function serviceToJson(service: ServiceInfo): z.infer<typeof serviceForm> {
  return {
    ...service,
    spanCount: Number(service.spanCount),
    errorSpanCount: Number(service.errorSpanCount),
    logCount: Number(service.logCount),
  };
}

export const tableForm = z.object({
  table: z.string(),
  rows: z.number(),
  bytesOnDisk: z.number(),
  bytesUncompressed: z.number(),
  oldest: momentOrNull,
  newest: momentOrNull,
  retentionSeconds: z.number(),
  tenantBytesOnDisk: z.number().describe("Of each day, the table's bytes by the tenant's share of its rows"),
});

export function tableToJson(table: TableStatistics): z.infer<typeof tableForm> {
  return {
    table: table.table,
    rows: Number(table.rows),
    bytesOnDisk: Number(table.bytesOnDisk),
    bytesUncompressed: Number(table.bytesUncompressed),
    oldest: momentOf(table.oldestUnixNano),
    newest: momentOf(table.newestUnixNano),
    retentionSeconds: Number(table.retentionSeconds),
    tenantBytesOnDisk: Number(table.tenantBytesOnDisk),
  };
}
