import type { Bus } from "@sightline/bus/connect";
import { subscribeLive } from "@sightline/bus/live";
import { readLogRecords } from "@sightline/otlp/records";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { FanOut } from "./fan-out.ts";

/** Of one message, live tail shows at most so many records: a person cannot read more, and the search has them all. */
const maxRecordsPerMessage = 1000;

/** Gives what passes on the bus to the viewers. Nothing is decoded that nobody watches. Returns the closer. */
export function feedLive(bus: Bus, fanOut: FanOut): () => void {
  return subscribeLive(bus, {
    subjects: ["events", "anomaly", "health", "alert", "report", "storage", "logs"],
    as: "gateway",
    onMessage: ({ tenant, payload }, subject) => {
      if (subject === "logs") {
        if (fanOut.wants(tenant, "logs")) fanOut.logs(tenant, readLogRecords(payload, maxRecordsPerMessage));
      } else if (fanOut.wants(tenant, "events")) {
        fanOut.events(tenant, EventBatch.decode(payload).events);
      }
    },
  });
}
