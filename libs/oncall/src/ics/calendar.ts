import { createHash } from "node:crypto";
import { contentLine, textValue, timeValue } from "./content-line.ts";

/** What a calendar shows. */
export interface CalendarEvent {
  /** The same for the same event each time that the calendar is read, and no other's. */
  readonly uid: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly title: string;
  readonly description: string;
  readonly categories: readonly string[];
  /** When what it is made from was last changed. */
  readonly changedMs: number;
}

export interface Calendar {
  readonly name: string;
  readonly description: string;
  /** IANA name, for programs that show times in the calendar's own zone; the times themselves are in UTC. */
  readonly timeZone: string;
  /** How often programs are asked to read it anew. */
  readonly refreshMinutes: number;
  readonly events: readonly CalendarEvent[];
}

/** A feed as it is answered over HTTP. */
export interface Feed {
  readonly contentType: "text/calendar; charset=utf-8";
  readonly body: string;
  /** Of the body, in quotes (RFC 9110 section 8.8.3): another when anything in it is another. */
  readonly etag: string;
  readonly cacheControl: string;
}

/** Writes a calendar (RFC 5545; the name, description and refresh interval also as RFC 7986 and as older programs read them). */
export function writeFeed(calendar: Calendar): Feed {
  const { name, description, timeZone, refreshMinutes, events } = calendar;
  const interval = `PT${refreshMinutes}M`;
  const body = [
    "BEGIN:VCALENDAR\r\n",
    "VERSION:2.0\r\n",
    "PRODID:-//Sightline//On call//EN\r\n",
    "CALSCALE:GREGORIAN\r\n",
    "METHOD:PUBLISH\r\n",
    contentLine("NAME", textValue(name)),
    contentLine("X-WR-CALNAME", textValue(name)),
    contentLine("DESCRIPTION", textValue(description)),
    contentLine("X-WR-CALDESC", textValue(description)),
    contentLine("X-WR-TIMEZONE", textValue(timeZone)),
    contentLine("REFRESH-INTERVAL;VALUE=DURATION", interval),
    contentLine("X-PUBLISHED-TTL", interval),
    ...events.map(writeEvent),
    "END:VCALENDAR\r\n",
  ].join("");
  return {
    contentType: "text/calendar; charset=utf-8",
    body,
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`,
    // A feed's address is its secret: no cache that others share may keep it.
    cacheControl: `private, max-age=${refreshMinutes * 60}`,
  };
}

/** Being on call does not make anybody busy: TRANSPARENT. */
function writeEvent({ uid, startMs, endMs, title, description, categories, changedMs }: CalendarEvent): string {
  return [
    "BEGIN:VEVENT\r\n",
    contentLine("UID", textValue(uid)),
    contentLine("DTSTAMP", timeValue(changedMs)),
    contentLine("LAST-MODIFIED", timeValue(changedMs)),
    contentLine("DTSTART", timeValue(startMs)),
    contentLine("DTEND", timeValue(endMs)),
    contentLine("SUMMARY", textValue(title)),
    ...(description === "" ? [] : [contentLine("DESCRIPTION", textValue(description))]),
    ...(categories.length === 0 ? [] : [contentLine("CATEGORIES", categories.map(textValue).join(","))]),
    "TRANSP:TRANSPARENT\r\n",
    "END:VEVENT\r\n",
  ].join("");
}
