import { z } from "zod";
import { idText, optionalText, optionalTime } from "../fields.ts";
import { readWith } from "../read-with.ts";

const named = z
  .object({ summary: optionalText })
  .nullish()
  .transform((reference) => reference?.summary ?? "");

const event = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  occurred_at: optionalTime,
  agent: named,
  data: z.unknown(),
});

const incident = z.object({
  id: idText,
  title: z.string(),
  html_url: optionalText,
  incident_key: optionalText,
  urgency: optionalText,
  created_at: optionalTime,
  service: named,
  priority: named,
});
export type Incident = z.infer<typeof incident>;

export interface ReadPagerduty {
  readonly id: string;
  /** Such as `incident.triggered`. */
  readonly type: string;
  readonly atMs: number | undefined;
  /** Who did it; "" where nobody is named. */
  readonly agent: string;
  /** Undefined for an event of something else. */
  readonly incident: Incident | undefined;
}

/** PagerDuty's webhook, version 3 (developer.pagerduty.com, "Webhooks overview"). */
export function readPagerduty(payload: unknown): ReadPagerduty {
  const {
    id,
    event_type: type,
    occurred_at: atMs,
    agent,
    data,
  } = readWith(z.object({ event }), payload, "webhook of PagerDuty").event;
  // Notes and responders are about an incident, and are not one.
  const isIncident = /^incident\.[a-z]+(_[a-z]+)?$/.test(type) && isOfType(data, "incident");
  return {
    id,
    type,
    atMs,
    agent,
    incident: isIncident ? readWith(incident, data, "incident of PagerDuty") : undefined,
  };
}

function isOfType(data: unknown, type: string): boolean {
  return typeof data === "object" && data !== null && "type" in data && data.type === type;
}
