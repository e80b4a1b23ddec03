import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type { Clock, TimeRange } from "@sightline/model/time";
import type {
  LogRecord,
  SearchLogsRequest,
  SearchLogsResponse,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { attributeParams, bounded, resolveRange, shortList, traceIdOf } from "./bounds.ts";
import { type Cursor, cursorCodec } from "./cursor.ts";
import { logStatements } from "./log-conditions.ts";
import { readTimeline, type Timeline } from "./log-timeline.ts";
import { windowsOf } from "./log-windows.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { int64 } from "./row-types.ts";
import { parseSearchText } from "./search-text.ts";

const columns = readFileSync(new URL("./sql/log-columns.sql", import.meta.url), "utf8");
const newestSql = readFileSync(new URL("./sql/search-logs-newest.sql", import.meta.url), "utf8");
const oldestSql = readFileSync(new URL("./sql/search-logs-oldest.sql", import.meta.url), "utf8");

const texts = z.array(z.string());
const logRow = z.object({
  time: int64,
  id: z.string(),
  severityText: z.string(),
  severityNumber: z.number(),
  serviceName: z.string(),
  body: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  attributeKeys: texts,
  attributeValues: texts,
  resourceKeys: texts,
  resourceValues: texts,
  scopeName: z.string(),
  eventName: z.string(),
});

const newestStatement = logStatements(newestSql, { columns }, logRow);
const oldestStatement = logStatements(oldestSql, { columns }, logRow);

const cursors = cursorCodec(/^\d{1,20}$/);
const GREATEST_ID = 2n ** 64n - 1n;
const MAX_SEVERITY_NUMBER = 24;
const noTimeline: Timeline = { timeline: [], totalCount: 0n, isEstimate: false };

/** Log records by what they say, a page at a time; with the first page a time line of all that match. */
export function searchLogs(reader: Reader, clock: Clock) {
  return async (request: SearchLogsRequest, context: ReadContext): Promise<SearchLogsResponse> => {
    const limit = bounded("limit", request.limit, { unset: 100, max: 5000 });
    const cursor = cursors.decode(request.cursor);
    const range = cursor ?? resolveRange(request.range, clock());
    const params = logParams(request, range);
    const [rows, summary] = await Promise.all([
      readPage({ reader, request, range, cursor, params, limit: limit + 1, context }),
      cursor === undefined && !request.recordsOnly ? readTimeline({ reader, range, params, context }) : noTimeline,
    ]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      records: shown.map(recordOf),
      nextCursor: more ? cursors.encode({ ...range, timeUnixNano: last.time, id: last.id }) : "",
      ...summary,
    };
  };
}

interface PageRequest {
  readonly reader: Reader;
  readonly request: SearchLogsRequest;
  readonly range: TimeRange;
  readonly cursor: Cursor | undefined;
  readonly params: ReturnType<typeof logParams>;
  readonly limit: number;
  readonly context: ReadContext;
}

/** The first records of what is left of a range. */
async function readPage({ reader, request, range, cursor, params, limit, context }: PageRequest) {
  const { oldestFirst } = request;
  const from = pageStart(cursor, range, oldestFirst);
  const statement = (oldestFirst ? oldestStatement : newestStatement)(params.attributeKeys);
  const rows: z.infer<typeof logRow>[] = [];
  const progress = () => ({ found: rows.length, wanted: limit });
  const windows = windowsOf(restOf(range, cursor, oldestFirst), { oldestFirst, progress });
  for (const { startUnixNano: start, endUnixNano: end } of windows) {
    const window = { ...params, ...from, start, end, limit: limit - rows.length };
    rows.push(...(await reader.read(statement, window, context)));
    if (rows.length >= limit) break;
  }
  return rows;
}

/** The part of a range that a page may be in: records of the cursor's own time are on both sides of it. */
function restOf(range: TimeRange, cursor: Cursor | undefined, oldestFirst: boolean): TimeRange {
  if (cursor === undefined) return range;
  const { startUnixNano, endUnixNano } = range;
  return oldestFirst
    ? { startUnixNano: cursor.timeUnixNano, endUnixNano }
    : { startUnixNano, endUnixNano: cursor.timeUnixNano + 1n };
}

function logParams(request: SearchLogsRequest, range: TimeRange) {
  const { minSeverityNumber, services, traceId } = request;
  if (minSeverityNumber > MAX_SEVERITY_NUMBER) {
    throw invalid(`cannot use min_severity_number: got ${minSeverityNumber}, want at most ${MAX_SEVERITY_NUMBER}`);
  }
  return {
    start: range.startUnixNano,
    end: range.endUnixNano,
    minSeverity: minSeverityNumber,
    services: shortList("services", services),
    traceId: traceId === "" ? "" : traceIdOf("trace_id", traceId),
    ...parseSearchText(request.searchText),
    ...attributeParams(request.attributes),
  };
}

/** The place behind which the page begins. */
function pageStart(cursor: Cursor | undefined, range: TimeRange, oldest: boolean) {
  if (cursor !== undefined) return { fromTime: cursor.timeUnixNano, fromId: cursor.id };
  // Before the first record of the range, or behind its last.
  if (oldest) return { fromTime: range.startUnixNano - 1n, fromId: GREATEST_ID };
  return { fromTime: range.endUnixNano, fromId: 0n };
}

function recordOf(row: z.infer<typeof logRow>): LogRecord {
  const { time, id: _, attributeKeys, attributeValues, resourceKeys, resourceValues, ...record } = row;
  return {
    timeUnixNano: time,
    attributes: mapOf(attributeKeys, attributeValues),
    resourceAttributes: mapOf(resourceKeys, resourceValues),
    ...record,
  };
}

function mapOf(keys: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key, at) => [key, values[at] ?? ""]));
}
