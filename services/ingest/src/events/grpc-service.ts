import { EventServiceService, StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import type { GrpcServer } from "@sightline/rpc/server";
import { type GrpcDoor, rawMethod } from "../grpc/door.ts";
import { parseEventsBody } from "./parse-body.ts";
import type { ReceiveEvents } from "./receive.ts";

/** Adds sightline.ingest.v1.EventService to a gRPC server. */
export function addEventService(server: GrpcServer, door: GrpcDoor, receive: ReceiveEvents): void {
  server.addService(
    { storeEvents: rawMethod(EventServiceService.storeEvents.path) },
    {
      storeEvents: door("events-grpc", async ({ principal, body, signal }) => {
        const events = parseEventsBody(body, "protobuf");
        const answer = await receive({ tenant: principal.tenant, protocol: "events-grpc", events, signal });
        return StoreEventsResponse.encode(answer).finish();
      }),
    },
  );
}
