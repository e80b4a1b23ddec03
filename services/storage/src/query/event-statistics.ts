import { readFileSync } from "node:fs";
import type { Clock, TimeRange } from "@sightline/model/time";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import type {
  EventBucket,
  GetEventStatisticsRequest,
  GetEventStatisticsResponse,
  ValueCount,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { bucketNumbers, bucketSecondsFor } from "./buckets.ts";
import { eventConditionsSql, eventParams, eventRange } from "./event-conditions.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { count, int64 } from "./row-types.ts";
import { fill } from "./statement.ts";

const valuesSql = readFileSync(new URL("./sql/count-event-values.sql", import.meta.url), "utf8");
const timelineSql = readFileSync(new URL("./sql/event-timeline.sql", import.meta.url), "utf8");

const valueCounts = {
  sql: fill(valuesSql, { conditions: eventConditionsSql }),
  row: z.object({
    dimension: z.enum(["severity", "type", "source", "category", "target"]),
    value: z.string(),
    count,
  }),
};
const timelineCounts = {
  sql: fill(timelineSql, { conditions: eventConditionsSql }),
  row: z.object({ bucket: int64, severity: z.string(), count }),
};

const MAX_VALUES = 100;

/** How many events match, by what they say, and over time. */
export function getEventStatistics(reader: Reader, clock: Clock) {
  return async (request: GetEventStatisticsRequest, context: ReadContext): Promise<GetEventStatisticsResponse> => {
    const filters = request.filters ?? EventFilters.create();
    const range = eventRange(filters, clock());
    const bucketSeconds = bucketSecondsFor(range, request.bucketSeconds);
    const params = { ...eventParams(filters, range), maxValues: MAX_VALUES };
    const [values, counts] = await Promise.all([
      reader.read(valueCounts, params, context),
      reader.read(timelineCounts, { ...params, bucketNanos: BigInt(bucketSeconds) * 1_000_000_000n }, context),
    ]);
    const by = (dimension: string) => values.filter((row) => row.dimension === dimension).map(valueCount);
    return {
      totalCount: BigInt(counts.reduce((total, row) => total + row.count, 0)),
      bySeverity: by("severity"),
      byType: by("type"),
      bySource: by("source"),
      byCategory: by("category"),
      byTarget: by("target"),
      timeline: timelineOf(range, bucketSeconds, counts),
      bucketSeconds,
    };
  };
}

function valueCount(row: { readonly value: string; readonly count: number }): ValueCount {
  return { value: row.value, count: BigInt(row.count) };
}

type TimelineRow = z.infer<typeof timelineCounts.row>;

function timelineOf(range: TimeRange, bucketSeconds: number, rows: readonly TimelineRow[]): EventBucket[] {
  const found = Map.groupBy(rows, (row) => row.bucket);
  return bucketNumbers(range, bucketSeconds).map((bucket) => ({
    startUnixNano: bucket * BigInt(bucketSeconds) * 1_000_000_000n,
    bySeverity: (found.get(bucket) ?? []).map((row) => ({ value: row.severity, count: BigInt(row.count) })),
  }));
}
