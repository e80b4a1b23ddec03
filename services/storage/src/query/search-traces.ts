import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type { Clock, TimeRange } from "@sightline/model/time";
import type { SearchTracesRequest, SearchTracesResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { attributeParams, bounded, resolveRange } from "./bounds.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { count, int64 } from "./row-types.ts";

const searchSql = readFileSync(new URL("./sql/search-traces.sql", import.meta.url), "utf8");
const summarizeSql = readFileSync(new URL("./sql/summarize-traces.sql", import.meta.url), "utf8");

const matchingTraces = { sql: searchSql, row: z.object({ traceId: z.string() }) };
const summaries = {
  sql: summarizeSql,
  row: z.object({
    traceId: z.string(),
    root: z.tuple([z.string(), z.string()]),
    start: int64,
    duration: int64,
    spanCount: count,
    errorCount: count,
    services: z.array(z.string()),
  }),
};

const MAX_UINT64 = 2n ** 64n - 1n;

/** Traces by what one of their spans is like. */
export function searchTraces(reader: Reader, clock: Clock) {
  return async (request: SearchTracesRequest, context: ReadContext): Promise<SearchTracesResponse> => {
    const limit = bounded("limit", request.limit, { unset: 20, max: 500 });
    const params = traceParams(request, resolveRange(request.range, clock()));
    const found = await reader.read(matchingTraces, { ...params, limit }, context);
    if (found.length === 0) return { traces: [] };
    const rows = await reader.read(summaries, { traceIds: found.map((row) => row.traceId) }, context);
    return {
      traces: rows.map(({ root: [rootService, rootName], start, duration, ...row }) => ({
        ...row,
        rootService,
        rootName,
        startUnixNano: start,
        durationNano: duration,
      })),
    };
  };
}

function traceParams(request: SearchTracesRequest, range: TimeRange) {
  const { service, spanName, minDurationNano, errorsOnly, attributes } = request;
  const maxDurationNano = request.maxDurationNano || MAX_UINT64;
  if (minDurationNano > maxDurationNano) {
    throw invalid(`cannot use min_duration_nano: got ${minDurationNano}, want at most the maximum, ${maxDurationNano}`);
  }
  return {
    start: range.startUnixNano,
    end: range.endUnixNano,
    service,
    spanName,
    minDuration: minDurationNano,
    maxDuration: maxDurationNano,
    errorsOnly,
    ...attributeParams(attributes),
  };
}
