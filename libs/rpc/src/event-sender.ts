import { invalid } from "@sightline/errors/app-error";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import type { Secret } from "@sightline/service/secret";
import { createClient } from "./client.ts";

/** Hands a service's own events to ingest. */
export interface EventSender {
  /** Throws when ingest does not take it. */
  send(event: SystemEvent): Promise<void>;
  close(): void;
}

/** Where a service's own telemetry goes: an OTLP/gRPC URL, and the key that is sent along. */
export interface Telemetry {
  readonly endpoint?: string | undefined;
  readonly apiKey?: Secret | undefined;
}

/** Events go where the service's own telemetry goes; undefined without such a place. */
export function createEventSender({ endpoint, apiKey }: Telemetry): EventSender | undefined {
  if (endpoint === undefined || apiKey === undefined) return undefined;
  const client = createClient(EventServiceClient, new URL(endpoint).host, { apiKey: apiKey.reveal(), traced: false });
  return {
    send: async (event) => {
      const { rejected } = await client.call("storeEvents", { events: [event] });
      if (rejected[0] !== undefined) throw invalid(`cannot store the event: ${rejected[0].reason}`);
    },
    close: client.close,
  };
}
