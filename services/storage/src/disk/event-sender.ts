import { invalid } from "@sightline/errors/app-error";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import type { StorageConfig } from "../config.ts";

/** Hands storage's own events to ingest. */
export interface EventSender {
  /** Throws when ingest does not take it. */
  send(event: SystemEvent): Promise<void>;
  close(): void;
}

/** Events go where the service's own telemetry goes; undefined without such a place. */
export function createEventSender({ endpoint, apiKey }: StorageConfig["telemetry"]): EventSender | undefined {
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
