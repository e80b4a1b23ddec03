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
          const events = parseEventsBody(body, "protobuf");
          const answer = await receiveEvents({ tenant, protocol, events, signal });
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
    handle: async ({ principal: { tenant }, format, body }) => {
      const events = parseEventsBody(body, format);
      const answer = await receive({ tenant, protocol, events });
      const allRefused = events.length > 0 && answer.rejected.length === events.length;
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
