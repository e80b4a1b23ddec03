import { readFileSync } from "node:fs";
import type { Clock, TimeRange } from "@sightline/model/time";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import type { SearchEventsRequest, SearchEventsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { bounded } from "./bounds.ts";
import { cursorCodec } from "./cursor.ts";
import { eventConditionsSql, eventParams, eventRange } from "./event-conditions.ts";
import { eventRow } from "./event-row.ts";
import type { Params, ReadContext, Reader } from "./reader.ts";
import { count } from "./row-types.ts";
import { fill } from "./statement.ts";

const columns = readFileSync(new URL("./sql/event-columns.sql", import.meta.url), "utf8");
const searchSql = readFileSync(new URL("./sql/search-events.sql", import.meta.url), "utf8");
const countSql = readFileSync(new URL("./sql/count-events.sql", import.meta.url), "utf8");

const pageOfEvents = { sql: fill(searchSql, { columns, conditions: eventConditionsSql }), row: eventRow };
const countOfEvents = {
  sql: fill(countSql, { conditions: eventConditionsSql }),
  row: z.object({ count }),
};

const cursors = cursorCodec(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const LEAST_ID = "00000000-0000-0000-0000-000000000000";

/** Events by filters, newest first, a page at a time, with the number of all that match. */
export function searchEvents(reader: Reader, clock: Clock) {
  return async (request: SearchEventsRequest, context: ReadContext): Promise<SearchEventsResponse> => {
    const plan = planPage(request, clock());
    const [page, [total]] = await Promise.all([
      readPage(reader, plan, context),
      reader.read(countOfEvents, plan.params, context),
    ]);
    return { ...page, totalCount: BigInt(total?.count ?? 0) };
  };
}

/** A page of events without counting them all. */
export function findEvents(reader: Reader, clock: Clock) {
  return async (request: SearchEventsRequest, context: ReadContext): Promise<EventPage> =>
    await readPage(reader, planPage(request, clock()), context);
}

type EventPage = Pick<SearchEventsResponse, "events" | "nextCursor">;

interface PagePlan {
  readonly range: TimeRange;
  readonly limit: number;
  /** What every event has to fulfil. */
  readonly params: Params;
  /** Where the page begins and how long it is. */
  readonly place: Params;
}

function planPage(request: SearchEventsRequest, nowMs: number): PagePlan {
  const filters = request.filters ?? EventFilters.create();
  const limit = bounded("filters.limit", filters.limit, { unset: 100, max: 1000 });
  const offset = bounded("filters.offset", filters.offset, { unset: 0, max: 10_000 });
  const cursor = cursors.decode(request.cursor);
  const range = cursor ?? eventRange(filters, nowMs);
  const place = {
    beforeTime: cursor?.timeUnixNano ?? range.endUnixNano,
    beforeId: cursor?.id ?? LEAST_ID,
    // One more than asked for tells whether there is another page.
    limit: limit + 1,
    offset: cursor === undefined ? offset : 0,
  };
  return { range, limit, params: eventParams(filters, range), place };
}

async function readPage(reader: Reader, plan: PagePlan, context: ReadContext): Promise<EventPage> {
  const { range, limit, params, place } = plan;
  const rows = await reader.read(pageOfEvents, { ...params, ...place }, context);
  const events = rows.slice(0, limit);
  const last = events.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    events,
    nextCursor: more ? cursors.encode({ ...range, timeUnixNano: last.timeUnixNano, id: last.eventId }) : "",
  };
}
