import { readFileSync } from "node:fs";
import { AppError, invalid } from "@sightline/errors/app-error";
import { isUuid } from "@sightline/model/uuid7";
import type { GetEventRequest, GetEventResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { eventRow } from "./event-row.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { fill } from "./statement.ts";

const columns = readFileSync(new URL("./sql/event-columns.sql", import.meta.url), "utf8");
const getSql = readFileSync(new URL("./sql/get-event.sql", import.meta.url), "utf8");
const eventById = { sql: fill(getSql, { columns }), row: eventRow };

/** One event by its id. */
export function getEvent(reader: Reader) {
  return async ({ eventId }: GetEventRequest, context: ReadContext): Promise<GetEventResponse> => {
    if (!isUuid(eventId)) {
      throw invalid(`cannot use event_id: got ${JSON.stringify(eventId.slice(0, 60))}, want a UUID`);
    }
    const [event] = await reader.read(eventById, { id: eventId }, context);
    if (event === undefined) throw new AppError("not_found", `cannot find the event ${eventId}`);
    return { event };
  };
}
