import { z } from "zod";
import { labels, moment, momentOrNull, severityName } from "./scalars.ts";

/** How an event is answered: the form that `eventToJson` of libs/events makes. */
export const eventForm = z.object({
  eventId: z.string(),
  time: moment,
  eventType: z.string(),
  severity: severityName,
  source: z.string(),
  target: z.string(),
  category: z.string(),
  title: z.string(),
  description: z.string(),
  details: z.record(z.string(), z.unknown()),
  healthScore: z.number().optional(),
  resourceUsage: z.record(z.string(), z.number()).optional(),
  metadata: z
    .object({
      correlationId: z.string(),
      traceId: z.string(),
      spanId: z.string(),
      userId: z.string(),
      sourceIp: z.string(),
      labels,
    })
    .optional(),
  observedTime: momentOrNull,
});

export const valueCountForm = z.object({ value: z.string(), count: z.number() });
