import { severityFromProto } from "@sightline/events/severity";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import type { TimeRange } from "@sightline/model/time";
import { EventFilters, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { ValueCount } from "@sightline/proto/sightline/query/v1/query_service";
import type { z } from "zod";
import type { Clients } from "../clients.ts";
import type { listedEvent } from "../reports/head.ts";
import type { Asking } from "./asking.ts";

/** Which events are meant; an empty list: any. */
export interface WantedEvents {
  readonly categories?: string[];
  readonly eventTypes?: string[];
}

function filtersOf(range: TimeRange, wanted: WantedEvents, limit = 0): EventFilters {
  const bounds = { startTimeUnixNano: range.startUnixNano, endTimeUnixNano: range.endUnixNano };
  return EventFilters.fromPartial({ ...bounds, ...wanted, limit });
}

/** Counts as documents have them. */
export function countsOf(counts: readonly ValueCount[]): { value: string; count: number }[] {
  return counts.map(({ value, count }) => ({ value, count: Number(count) }));
}

/** How many there are of each severity, type and target. */
export async function countEvents(
  storage: Clients["storage"],
  range: TimeRange,
  wanted: WantedEvents,
  { call }: Asking,
) {
  const request = { filters: filtersOf(range, wanted), bucketSeconds: 0 };
  const found = await storage.call("getEventStatistics", request, call);
  return {
    total: Number(found.totalCount),
    by_severity: countsOf(found.bySeverity),
    by_type: countsOf(found.byType),
    by_target: countsOf(found.byTarget),
  };
}

const pageSize = 1000;

/** The newest events, at most so many; `total` is how many there are. */
export async function readEvents(
  storage: Clients["storage"],
  range: TimeRange,
  wanted: WantedEvents,
  { call }: Asking,
  most: number,
): Promise<{ events: SystemEvent[]; total: number }> {
  const filters = filtersOf(range, wanted, Math.min(pageSize, most));
  const events: SystemEvent[] = [];
  let total = 0;
  let cursor = "";
  do {
    const page = await storage.call("searchEvents", { filters, cursor }, call);
    events.push(...page.events);
    total = Math.max(total, Number(page.totalCount));
    cursor = page.nextCursor;
  } while (cursor !== "" && events.length < most);
  return { events: events.slice(0, most), total };
}

/** An event as documents list it. */
export function listedEventOf(event: SystemEvent): z.infer<typeof listedEvent> {
  return {
    time: formatRfc3339(event.timeUnixNano),
    severity: severityFromProto(event.severity),
    event_type: event.eventType,
    source: event.source,
    target: event.target,
    user: event.metadata?.userId ?? "",
    title: event.title,
  };
}
