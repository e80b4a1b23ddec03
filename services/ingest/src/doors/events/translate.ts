import { AppError, invalid } from "@sightline/errors/app-error";
import { type KeptOrReason, keepEvent, keepWireEvent } from "@sightline/events/batch";
import { parseJsonEvent } from "@sightline/events/parse-json";
import type { ReceivedAt } from "@sightline/events/validate";
import { openWireEvents, walkEvents } from "@sightline/events/wire-event";
import type { ReadEvents } from "../../receive/receive-events.ts";

/** How events may be written. */
export type EventsFormat = "protobuf" | "json" | "ndjson";

/**
 * The events of a body: JSON (one event, an array of them, or `{"events": […]}`), NDJSON (one to a line), or a protobuf
 * EventBatch. Throws `invalid_argument`, at once or when they are read, when it is none of that; what is wrong with a
 * single event is said of that one.
 */
export function parseEventsBody(body: Buffer, format: EventsFormat): ReadEvents {
  if (format === "protobuf") {
    return (received, visit) => {
      const event = openWireEvents(body);
      walkEvents(event, () => visit(keepWireEvent(event, received)));
    };
  }
  if (body.length === 0) return () => undefined;
  const text = textOf(body);
  const events = format === "ndjson" ? parseLines(text) : parseDocument(text);
  return (received, visit) => {
    for (const read of events) visit(read(received));
  };
}

type ReadEvent = (received: ReceivedAt) => KeptOrReason;

function keepJson(value: unknown, received: ReceivedAt): KeptOrReason {
  const outcome = parseJsonEvent(value, received);
  return "event" in outcome ? { kept: keepEvent(outcome.event) } : outcome;
}

function parseDocument(text: string): ReadEvent[] {
  const value = parseJson(text);
  return eventsOf(value).map((event) => (received) => keepJson(event, received));
}

function eventsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null && "events" in value && Array.isArray(value.events)) {
    return value.events;
  }
  return [value];
}

function parseLines(text: string): ReadEvent[] {
  const readers: ReadEvent[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    readers.push((received) => {
      try {
        return keepJson(parseJson(line), received);
      } catch (thrown) {
        return { reason: `line ${index + 1}: ${AppError.from(thrown).message}` };
      }
    });
  }
  return readers;
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw invalid("cannot read the events: got bytes that are no UTF-8", cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`cannot parse the JSON: ${AppError.from(cause).message}`, cause);
  }
}
