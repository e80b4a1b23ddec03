import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type { Clock, TimeRange } from "@sightline/model/time";
import type { SearchTracesRequest, SearchTracesResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { attributeParams, bounded, resolveRange } from "./bounds.ts";
import { type Cursor, cursorCodec } from "./cursor.ts";
import type { Params, ReadContext, Reader } from "./reader.ts";
import { count, int64 } from "./row-types.ts";
import { fill } from "./statement.ts";

const searchSql = readFileSync(new URL("./sql/search-traces.sql", import.meta.url), "utf8");
const conditionsSql = readFileSync(new URL("./sql/span-conditions.sql", import.meta.url), "utf8");
const afterSql = readFileSync(new URL("./sql/traces-after.sql", import.meta.url), "utf8");
const shownSql = readFileSync(new URL("./sql/traces-shown.sql", import.meta.url), "utf8");
const summarizeSql = readFileSync(new URL("./sql/summarize-traces.sql", import.meta.url), "utf8");

const conditions = conditionsSql;
const matching = z.object({ traceId: z.string(), time: int64 });
const newestTraces = { sql: fill(searchSql, { conditions, after: "" }), row: matching };
const tracesAfter = { sql: fill(searchSql, { conditions, after: afterSql }), row: matching };
const tracesShown = { sql: fill(shownSql, { conditions }), row: z.object({ traceId: z.string() }) };
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

const cursors = cursorCodec(/^\S{1,128}$/);
const MAX_UINT64 = 2n ** 64n - 1n;

/** Traces by what one of their spans is like, a page at a time. */
export function searchTraces(reader: Reader, clock: Clock) {
  return async (request: SearchTracesRequest, context: ReadContext): Promise<SearchTracesResponse> => {
    const limit = bounded("limit", request.limit, { unset: 20, max: 500 });
    const cursor = cursors.decode(request.cursor);
    const range = cursor ?? resolveRange(request.range, clock());
    const params = traceParams(request, range);
    const page = { params, cursor, wanted: limit + 1, context };
    const found = cursor === undefined ? await newest(reader, page) : await after(reader, { ...page, cursor });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    if (last === undefined) return { traces: [], nextCursor: "" };
    const rows = await reader.read(summaries, { traceIds: shown.map((row) => row.traceId) }, context);
    const more = found.length > limit;
    return {
      nextCursor: more ? cursors.encode({ ...range, timeUnixNano: last.time, id: last.traceId }) : "",
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

type Matching = z.infer<typeof matching>;

interface AskedPage {
  readonly params: Params;
  readonly wanted: number;
  readonly context: ReadContext;
}

function newest(reader: Reader, { params, wanted, context }: AskedPage): Promise<Matching[]> {
  return reader.read(newestTraces, { ...params, limit: wanted }, context);
}

/**
 * The traces behind a cursor. One with a newer span that matches was on a page before: which of those found that are is asked of
 * them alone, so that the last page costs what the first does.
 */
async function after(
  reader: Reader,
  { params, wanted, cursor, context }: AskedPage & { readonly cursor: Cursor },
): Promise<Matching[]> {
  const found = new Map<string, Matching>();
  const shown = new Set<string>();
  const start = { fromTime: cursor.timeUnixNano, fromId: cursor.id };
  let from = start;
  while (found.size < wanted) {
    const rows = await reader.read(tracesAfter, { ...params, ...from, limit: wanted }, context);
    const traceIds = rows.map(({ traceId }) => traceId).filter((id) => !found.has(id) && !shown.has(id));
    if (traceIds.length > 0) {
      const before = await reader.read(tracesShown, { ...params, ...start, traceIds }, context);
      for (const { traceId } of before) shown.add(traceId);
    }
    for (const row of rows) if (!shown.has(row.traceId) && !found.has(row.traceId)) found.set(row.traceId, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < wanted) break;
    from = { fromTime: last.time, fromId: last.traceId };
  }
  return [...found.values()].slice(0, wanted);
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
