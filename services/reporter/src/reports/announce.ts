import type { Bus } from "@sightline/bus/connect";
import { createPublisher, type Publisher } from "@sightline/bus/publish";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Clock } from "@sightline/model/time";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { HealthReport } from "../health/report.ts";

/** Tells of a report that was made. */
export type Announce = (tenant: string, report: HealthReport, signal: AbortSignal) => Promise<void>;

export function createAnnounce(bus: Bus, clock: Clock): Announce {
  const publisher: Publisher = createPublisher(bus, "report", { as: "reporter", maxInFlightBytes: 1024 * 1024 });
  const events = createEventBuilder({ clock });
  return async (tenant, report, signal) => {
    const event = events.build({
      eventType: EVENT_TYPES.reportGenerated,
      source: "reporter",
      category: "operations",
      title: `${report.title} report made: score ${report.fleet_health_score}`,
      details: {
        report_id: report.report_id,
        kind: report.kind,
        start: report.time_range.start,
        end: report.time_range.end,
      },
      healthScore: report.fleet_health_score,
    });
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publisher.publish(payload, { tenant, records: 1, msgId: event.eventId }, signal);
  };
}
