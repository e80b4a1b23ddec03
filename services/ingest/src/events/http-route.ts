import { StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import type { Route } from "../http/door.ts";
import { parseEventsBody } from "./parse-body.ts";
import type { ReceiveEvents } from "./receive.ts";

/** `POST /v1/events`. 200 when at least one event was taken or none was sent, 400 when every one was refused. */
export function eventsRoute(receive: ReceiveEvents): Route {
  return {
    protocol: "events-http",
    encodings: ["json", "ndjson", "protobuf"],
    handle: async ({ principal, encoding, body }) => {
      const events = parseEventsBody(body, encoding);
      const answer = await receive({ tenant: principal.tenant, protocol: "events-http", events });
      const allRefused = events.length > 0 && answer.rejected.length === events.length;
      return {
        status: allRefused ? 400 : 200,
        encoding,
        body: encoding === "protobuf" ? StoreEventsResponse.encode(answer).finish() : JSON.stringify(answer),
      };
    },
  };
}
