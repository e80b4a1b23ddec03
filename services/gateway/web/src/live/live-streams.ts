import * as z from "zod/mini";
import { eventSchema, type LogRecord, logRecordSchema, type SystemEvent } from "../api/types.ts";

/** What the server sends: an item of a subscription's stream, or what became of the subscription. */
export const liveMessageSchema = z.object({
  id: z.string(),
  event: z.optional(eventSchema),
  record: z.optional(logRecordSchema),
  dropped: z.optional(z.number()),
  error: z.optional(z.string()),
});
export type LiveMessage = z.infer<typeof liveMessageSchema>;

/** A kind of thing that can be followed live. */
export interface LiveStream<T> {
  readonly name: "events" | "logs";
  /** The item in a message, if it holds one. */
  readonly itemOf: (message: LiveMessage) => T | undefined;
  /** The same for the same item, whether it came live or was loaded. */
  readonly keyOf: (item: T) => string;
}

export const eventStream: LiveStream<SystemEvent> = {
  name: "events",
  itemOf: (message) => message.event,
  keyOf: (event) => event.eventId,
};

/** Log records have no id: time, service, span and text together are as good as one. */
export const logStream: LiveStream<LogRecord> = {
  name: "logs",
  itemOf: (message) => message.record,
  keyOf: ({ time, serviceName, spanId, body }) => `${time} ${serviceName} ${spanId} ${body.slice(0, 200)}`,
};
