import { createHash } from "node:crypto";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_LIMITS, validateEvent } from "@sightline/events/validate";
import { nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Dropped, ToldEvent } from "./told.ts";

export interface EventContext {
  readonly tenant: string;
  readonly sourceId: string;
  /** Of the source. */
  readonly name: string;
  /** When it was received, or when it came first, milliseconds since the Unix epoch. */
  readonly receivedMs: number;
}

/** The event as it is kept, with the same id and time whenever it is sent again. */
export function keptEvent(told: ToldEvent, context: EventContext): SystemEvent | Dropped {
  const { tenant, sourceId, name, receivedMs } = context;
  const timeMs = told.timeMs ?? receivedMs;
  const digest = createHash("sha256")
    .update(JSON.stringify([tenant, sourceId, told.key]))
    .digest();
  const clock = () => receivedMs;
  const { traceId } = told;
  const built = createEventBuilder({ clock }).build({
    eventId: uuid7(timeMs, (bytes) => bytes.set(digest.subarray(0, bytes.length))),
    eventType: told.eventType,
    severity: told.severity,
    category: told.category,
    source: `inbound:${name}`,
    target: cut(told.target, EVENT_LIMITS.target),
    title: cut(told.title, EVENT_LIMITS.title),
    description: cut(told.description ?? "", EVENT_LIMITS.description),
    details: told.details,
    timeUnixNano: nanosOfMs(timeMs),
    ...(traceId !== undefined && traceId !== "" && { metadata: { traceId } }),
  });
  const received = { receivedUnixNano: nanosOfMs(receivedMs), newId: () => uuid7(receivedMs) };
  const outcome = validateEvent(built, received);
  return "event" in outcome ? outcome.event : { reason: "refused", what: `event ${told.eventType}: ${outcome.reason}` };
}

/** Within so many bytes of UTF-8, whole characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes
    ? text
    : new TextDecoder().decode(bytes.subarray(0, maxBytes - 3)).replace(/\uFFFD$/, "");
}
