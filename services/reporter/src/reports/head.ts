import { formatRfc3339 } from "@sightline/model/rfc3339";
import { z } from "zod";
import type { GatherOptions } from "../sources/asking.ts";

/** Nanoseconds since the Unix epoch as RFC 3339 in UTC. */
export const moment = z.string();

export const valueCount = z.object({ value: z.string(), count: z.number() });

/** What every document begins with. */
export const reportHead = z.object({
  report_id: z.string(),
  title: z.string(),
  /** What it comes to, in one line. */
  headline: z.string(),
  tenant: z.string(),
  time_range: z.object({ start: moment, end: moment }),
  generated_at: moment,
  /** What could not be read when the report was made, and why. Empty: the report is complete. */
  missing: z.array(z.string()),
});

export const eventCounts = z.object({
  total: z.number(),
  by_severity: z.array(valueCount),
  by_type: z.array(valueCount),
  by_target: z.array(valueCount),
});

export const listedEvent = z.object({
  time: moment,
  severity: z.string(),
  event_type: z.string(),
  source: z.string(),
  target: z.string(),
  /** In whose name it happened; "" where the event does not say. */
  user: z.string(),
  title: z.string(),
});

export const listedSilence = z.object({
  silence_id: z.string(),
  matchers: z.string(),
  author: z.string(),
  reason: z.string(),
  starts_at: moment,
  ends_at: moment,
});

/** What the documents of one request have in common. */
export function headOf({ reportId, tenant, range, nowUnixNano }: GatherOptions) {
  return {
    report_id: reportId,
    tenant,
    time_range: { start: formatRfc3339(range.startUnixNano), end: formatRfc3339(range.endUnixNano) },
    generated_at: formatRfc3339(nowUnixNano),
  };
}

/** What `headOf` answers. */
export type Head = ReturnType<typeof headOf>;

/** `1 alert`, `2 alerts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The values seen most often first; names decide between those seen as often. Empty values are left out. */
export function mostFrequent(values: Iterable<string>, most: number): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, most);
}
