import type { Bus } from "@sightline/bus/connect";
import { createPublisher, type Publisher } from "@sightline/bus/publish";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Clock } from "@sightline/model/time";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { KeptReport } from "./store.ts";

/** Tells of a report that was made. */
export type Announce = (tenant: string, report: KeptReport, signal: AbortSignal) => Promise<void>;

export function createAnnounce(bus: Bus, clock: Clock): Announce {
  const publisher: Publisher = createPublisher(bus, "report", { as: "reporter", maxInFlightBytes: 1024 * 1024 });
  const events = createEventBuilder({ clock });
  return async (tenant, { kind, document }, signal) => {
    const score = kind.figures(document)?.fleet_health_score;
    const event = events.build({
      eventType: EVENT_TYPES.reportGenerated,
      source: "reporter",
      category: "operations",
      title: `${document.title} report made${score === undefined ? "" : `: score ${score}`}`,
      details: {
        report_id: document.report_id,
        kind: document.kind,
        start: document.time_range.start,
        end: document.time_range.end,
      },
      ...(score !== undefined && { healthScore: score }),
    });
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publisher.publish(payload, { tenant, records: 1, msgId: event.eventId }, signal);
  };
}
