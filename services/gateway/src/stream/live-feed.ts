import type { Bus } from "@sightline/bus/connect";
import { subscribeLive } from "@sightline/bus/live";
import type { SubjectKey } from "@sightline/bus/subjects";
import { readLogRecords } from "@sightline/otlp/records";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { Feed, Watcher } from "./fan-out.ts";

const SUBJECTS_OF: Readonly<Record<Watcher["stream"], readonly SubjectKey[]>> = {
  events: ["events", "anomaly", "health", "alert", "report", "storage", "inbound"],
  logs: ["logs"],
};

/** Gives what passes on the bus to the viewers. Nothing is decoded that nobody of the tenant watches. */
export function feedLive(bus: Bus): Feed {
  return (stream, fanOut) =>
    subscribeLive(bus, {
      subjects: SUBJECTS_OF[stream],
      as: "gateway",
      onMessage: ({ tenant, payload }) => {
        if (!fanOut.wants(tenant, stream)) return;
        if (stream === "logs") fanOut.logs(tenant, readLogRecords(payload));
        else fanOut.events(tenant, EventBatch.decode(payload).events);
      },
    });
}
