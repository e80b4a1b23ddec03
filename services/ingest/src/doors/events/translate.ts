import { AppError, invalid } from "@sightline/errors/app-error";
import { parseJsonEvent } from "@sightline/events/parse-json";
import { type EventOrReason, type ReceivedAt, validateEvent } from "@sightline/events/validate";
import { decodeEvents } from "../../receive/receive-events.ts";

/** How events may be written. */
export type EventsFormat = "protobuf" | "json" | "ndjson";

type EventReader = (received: ReceivedAt) => EventOrReason;

/**
 * The events of a body: JSON (one event, an array of them, or `{"events": […]}`), NDJSON (one to a line), or a protobuf
 * EventBatch. Throws `invalid_argument` when it is none of that; what is wrong with a single event comes when it is read.
 */
export function parseEventsBody(body: Buffer, format: EventsFormat): EventReader[] {
  if (format === "protobuf") return decodeEvents(body).map((event) => (received) => validateEvent(event, received));
  if (body.length === 0) return [];
  const text = textOf(body);
  return format === "ndjson" ? parseLines(text) : parseDocument(text);
}

function parseDocument(text: string): EventReader[] {
  const value = parseJson(text);
  return eventsOf(value).map((event) => (received) => parseJsonEvent(event, received));
}

function eventsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null && "events" in value && Array.isArray(value.events)) {
    return value.events;
  }
  return [value];
}

function parseLines(text: string): EventReader[] {
  const readers: EventReader[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    readers.push((received) => {
      try {
        return parseJsonEvent(parseJson(line), received);
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
