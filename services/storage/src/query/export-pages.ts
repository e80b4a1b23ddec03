import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import {
  type ExportEventsRequest,
  type ExportEventsResponse,
  type ExportLogsRequest,
  type ExportLogsResponse,
  type ExportTracesRequest,
  type ExportTracesResponse,
  SearchLogsRequest,
  SearchTracesRequest,
} from "@sightline/proto/sightline/query/v1/query_service";
import type { ReadContext, Reader } from "./reader.ts";
import { findEvents } from "./search-events.ts";
import { searchLogs } from "./search-logs.ts";
import { searchTraces } from "./search-traces.ts";

/** How much a message has where the request does not say. */
const EVENTS_PER_MESSAGE = 1000;
const RECORDS_PER_MESSAGE = 5000;
const TRACES_PER_MESSAGE = 500;

/** All events that match, a message for each page of them. */
export function exportEvents(reader: Reader, clock: Clock) {
  const find = findEvents(reader, clock);
  return (request: ExportEventsRequest, context: ReadContext): AsyncGenerator<ExportEventsResponse> => {
    const given = request.filters ?? EventFilters.create();
    if (given.offset > 0) throw invalid("cannot use filters.offset: got one, want a cursor");
    const filters = { ...given, limit: given.limit || EVENTS_PER_MESSAGE };
    return pagesFrom({ filters, cursor: request.cursor }, (page) => find(page, context));
  };
}

/** All log records that match, a message for each page of them. */
export function exportLogs(reader: Reader, clock: Clock) {
  const find = searchLogs(reader, clock);
  return async function* (request: ExportLogsRequest, context: ReadContext): AsyncGenerator<ExportLogsResponse> {
    const given = request.search ?? SearchLogsRequest.create();
    const search = { ...given, limit: given.limit || RECORDS_PER_MESSAGE, recordsOnly: true };
    for await (const { records, nextCursor } of pagesFrom(search, (page) => find(page, context))) {
      yield { records, nextCursor };
    }
  };
}

/** All traces that match, a message for each page of them. */
export function exportTraces(reader: Reader, clock: Clock) {
  const find = searchTraces(reader, clock);
  return (request: ExportTracesRequest, context: ReadContext): AsyncGenerator<ExportTracesResponse> => {
    const given = request.search ?? SearchTracesRequest.create();
    return pagesFrom({ ...given, limit: given.limit || TRACES_PER_MESSAGE }, (page) => find(page, context));
  };
}

/** Page after page, from the one that is asked for to the last. */
async function* pagesFrom<Req extends { readonly cursor: string }, Page extends { readonly nextCursor: string }>(
  first: Req,
  find: (request: Req) => Promise<Page>,
): AsyncGenerator<Page> {
  let { cursor } = first;
  do {
    const page = await find({ ...first, cursor });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== "");
}
