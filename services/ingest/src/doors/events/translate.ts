import { AppError, invalid } from "@sightline/errors/app-error";
import { readEventBatch } from "@sightline/events/batch";
import { parseJsonEvent } from "@sightline/events/parse-json";
import { validateEvent } from "@sightline/events/validate";
import type { ReadEvent } from "../../receive/receive-events.ts";

/** How events may be written. */
export type EventsFormat = "protobuf" | "json" | "ndjson";

/**
 * The events of a body: JSON (one event, an array of them, or `{"events": […]}`), NDJSON (one to a line), or a protobuf
 * EventBatch. Throws `invalid_argument` when it is none of that; what is wrong with a single event comes when it is read.
 */
export function parseEventsBody(body: Buffer, format: EventsFormat): ReadEvent[] {
  if (format === "protobuf") {
    return readEventBatch(body).map((sent) => (received) => ({ ...validateEvent(sent.event, received), sent }));
  }
  if (body.length === 0) return [];
  const text = textOf(body);
  return format === "ndjson" ? parseLines(text) : parseDocument(text);
}

function parseDocument(text: string): ReadEvent[] {
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

function parseLines(text: string): ReadEvent[] {
  const readers: ReadEvent[] = [];
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
