import { EventServiceService, StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { JSON_TYPE, PROTOBUF } from "../../http/answer.ts";
import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { ReceiveEvents } from "../../receive/receive-events.ts";
import type { Door, DoorDeps } from "../door.ts";
import { type EventsFormat, parseEventsBody } from "./translate.ts";

const content = mediaTypes({
  [PROTOBUF]: "protobuf",
  "application/protobuf": "protobuf",
  [JSON_TYPE]: "json",
  "application/x-ndjson": "ndjson",
  "application/jsonl": "ndjson",
});

/** The platform's own events: sightline.ingest.v1.EventService and `POST /v1/events`. */
export function eventsDoor({ receiveEvents }: DoorDeps): Door {
  const protocol = "events-grpc";
  return {
    routes: [eventsRoute(receiveEvents)],
    addMethods: (server, door) =>
      server.add(
        EventServiceService.storeEvents.path,
        door(protocol, async ({ principal: { tenant }, body, signal }) => {
          const read = parseEventsBody(body, "protobuf");
          const answer = await receiveEvents({ tenant, protocol, read, signal });
          return StoreEventsResponse.encode(answer).finish();
        }),
      ),
  };
}

/** 200 when at least one event was taken or none was sent, 400 when every one was refused. */
function eventsRoute(receive: ReceiveEvents): Intake<EventsFormat> {
  const protocol = "events-http";
  return {
    kind: "intake",
    protocol,
    methods: ["POST"],
    path: "/v1/events",
    content,
    atOnce: ["json", "ndjson"],
    handle: async ({ principal: { tenant }, format, body }) => {
      const answer = await receive({ tenant, protocol, read: parseEventsBody(body, format) });
      const events = answer.eventIds.length;
      const allRefused = events > 0 && answer.rejected.length === events;
      return {
        status: allRefused ? 400 : 200,
        content:
          format === "protobuf"
            ? { type: PROTOBUF, body: StoreEventsResponse.encode(answer).finish() }
            : { type: JSON_TYPE, body: JSON.stringify(answer) },
      };
    },
  };
}
