import { readFileSync } from "node:fs";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { ListServicesRequest, ListServicesResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import { bounded, resolveRange } from "./bounds.ts";
import { nameCursors, pageOf } from "./name-pages.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { int64 } from "./row-types.ts";

const listSql = readFileSync(new URL("./sql/list-services.sql", import.meta.url), "utf8");

const services = {
  sql: listSql,
  row: z.object({
    name: z.string(),
    spanCount: int64,
    errorSpanCount: int64,
    logCount: int64,
    // Of no spans there is no quantile.
    quantiles: z.tuple([z.number().nullable(), z.number().nullable()]),
  }),
};
const MAX_SERVICES = 5000;

/** The services that sent anything in a range, by name, a page at a time. */
export function listServices(reader: Reader, clock: Clock) {
  return async (request: ListServicesRequest, context: ReadContext): Promise<ListServicesResponse> => {
    const cursor = nameCursors.decode(request.cursor);
    const range = cursor ?? resolveRange(request.range, clock());
    const limit = bounded("limit", request.limit, { unset: MAX_SERVICES, max: MAX_SERVICES });
    const params = {
      start: range.startUnixNano,
      end: range.endUnixNano,
      after: cursor?.id ?? "",
      seenLagNanos: nanosOfMs(SERIES_SEEN_LAG_MS),
      limit: limit + 1,
    };
    const { items, nextCursor } = pageOf(await reader.read(services, params, context), { range, limit });
    return {
      nextCursor,
      services: items.map(({ quantiles: [p50, p95], ...row }) => ({
        ...row,
        p50DurationNano: p50 ?? 0,
        p95DurationNano: p95 ?? 0,
      })),
    };
  };
}
