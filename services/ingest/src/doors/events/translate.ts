import { AppError } from "@sightline/errors/app-error";
import { type KeptOrReason, keepEvent, keepWireEvent } from "@sightline/events/batch";
import { parseJsonEvent } from "@sightline/events/parse-json";
import type { ReceivedAt } from "@sightline/events/validate";
import { openWireEvents, walkEvents } from "@sightline/events/wire-event";
import { MAX_EVENTS, type ReadEvents, tooManyEvents } from "../../receive/receive-events.ts";
import { parseJsonText } from "../json-text.ts";
import { openLines } from "../lines.ts";

/** How events may be written. */
export type EventsFormat = "protobuf" | "json" | "ndjson";

/**
 * The events of a body: JSON (one event, an array of them, or `{"events": […]}`), NDJSON (one to a line), or a protobuf
 * EventBatch. Throws `invalid_argument`, at once or when they are read, when it is none of that or has too many events;
 * what is wrong with a single event is said of that one.
 */
export function parseEventsBody(body: Buffer, format: EventsFormat): ReadEvents {
  if (format === "protobuf") {
    return (received, visit) => {
      const event = openWireEvents(body);
      walkEvents(event, () => visit(keepWireEvent(event, received)));
    };
  }
  if (body.length === 0) return () => undefined;
  const events = format === "ndjson" ? parseLines(body) : parseDocument(body);
  return (received, visit) => {
    for (const read of events) visit(read(received));
  };
}

type ReadEvent = (received: ReceivedAt) => KeptOrReason;

function keepJson(value: unknown, received: ReceivedAt): KeptOrReason {
  const outcome = parseJsonEvent(value, received);
  return "event" in outcome ? { kept: keepEvent(outcome.event) } : outcome;
}

function parseDocument(body: Buffer): ReadEvent[] {
  const events = eventsOf(parseJsonText(body));
  if (events.length > MAX_EVENTS) throw tooManyEvents();
  return events.map((event) => (received) => keepJson(event, received));
}

function eventsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null && "events" in value && Array.isArray(value.events)) {
    return value.events;
  }
  return [value];
}

function parseLines(body: Buffer): ReadEvent[] {
  const readers: ReadEvent[] = [];
  const lines = openLines(body);
  for (let line = lines.nextFilled(); line !== undefined; line = lines.nextFilled()) {
    if (readers.length === MAX_EVENTS) throw tooManyEvents();
    readers.push(readLine(line, lines.number()));
  }
  return readers;
}

function readLine(line: Buffer, number: number): ReadEvent {
  return (received) => {
    try {
      return keepJson(parseJsonText(line), received);
    } catch (thrown) {
      return { reason: `line ${number}: ${AppError.from(thrown).message}` };
    }
  };
}
