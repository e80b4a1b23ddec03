import { readFileSync } from "node:fs";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { ListServicesRequest, ListServicesResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import { resolveRange } from "./bounds.ts";
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

/** The services that sent anything in a range, by name. */
export function listServices(reader: Reader, clock: Clock) {
  return async (request: ListServicesRequest, context: ReadContext): Promise<ListServicesResponse> => {
    const { startUnixNano, endUnixNano } = resolveRange(request.range, clock());
    const params = {
      start: startUnixNano,
      end: endUnixNano,
      seenLagNanos: nanosOfMs(SERIES_SEEN_LAG_MS),
      limit: MAX_SERVICES,
    };
    const rows = await reader.read(services, params, context);
    return {
      services: rows.map(({ quantiles: [p50, p95], ...row }) => ({
        ...row,
        p50DurationNano: p50 ?? 0,
        p95DurationNano: p95 ?? 0,
      })),
    };
  };
}
