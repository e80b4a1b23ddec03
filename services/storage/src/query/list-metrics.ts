import { readFileSync } from "node:fs";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { ListMetricsRequest, ListMetricsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import { bounded, resolveRange, shortText } from "./bounds.ts";
import { nameCursors, pageOf } from "./name-pages.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { int64 } from "./row-types.ts";

const listSql = readFileSync(new URL("./sql/list-metrics.sql", import.meta.url), "utf8");

const metrics = {
  sql: listSql,
  row: z.object({
    name: z.string(),
    type: z.string(),
    unit: z.string(),
    description: z.string(),
    seriesCount: int64,
    labelNames: z.array(z.string()),
  }),
};

/** The metrics that have been seen in a range, by name, a page at a time. */
export function listMetrics(reader: Reader, clock: Clock) {
  return async (request: ListMetricsRequest, context: ReadContext): Promise<ListMetricsResponse> => {
    const cursor = nameCursors.decode(request.cursor);
    const range = cursor ?? resolveRange(request.range, clock());
    const limit = bounded("limit", request.limit, { unset: 1000, max: 5000 });
    const params = {
      start: range.startUnixNano,
      end: range.endUnixNano,
      after: cursor?.id ?? "",
      seenLagNanos: nanosOfMs(SERIES_SEEN_LAG_MS),
      nameContains: shortText("name_contains", request.nameContains, 1024),
      limit: limit + 1,
    };
    const { items, nextCursor } = pageOf(await reader.read(metrics, params, context), { range, limit });
    return { metrics: items, nextCursor };
  };
}
