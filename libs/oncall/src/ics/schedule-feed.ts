import { createHash } from "node:crypto";
import type { Schedule, ShiftSource } from "../schedule/schedule.ts";
import { finalPieces } from "../schedule/shifts.ts";
import { type Piece, turnLength } from "../schedule/turns.ts";
import { DAY_MS } from "../zone/weekdays.ts";
import { type CalendarEvent, type Feed, writeFeed } from "./calendar.ts";

/** A schedule as it is kept. */
export interface NamedSchedule {
  readonly scheduleId: string;
  readonly name: string;
  readonly schedule: Schedule;
  readonly changedMs: number;
}

export interface FeedOptions {
  readonly nowMs: number;
  /** How many days back and ahead are shown. */
  readonly daysBack: number;
  readonly daysAhead: number;
}

const REFRESH_MINUTES = 60;

/** A calendar of who is on call in a schedule. */
export function scheduleFeed(of: NamedSchedule, options: FeedOptions): Feed {
  return writeFeed({
    name: `On call: ${of.name}`,
    description: `Who is on call in ${of.name}`,
    timeZone: of.schedule.timeZone,
    refreshMinutes: REFRESH_MINUTES,
    events: eventsOf(of, options).map(({ event }) => event),
  });
}

/** A calendar of when a user is on call, in whichever of the schedules. */
export function userFeed(user: string, schedules: readonly NamedSchedule[], options: FeedOptions): Feed {
  const events = schedules.flatMap((of) =>
    eventsOf(of, options).flatMap(({ piece, event }) => (piece.user === user ? [event] : [])),
  );
  return writeFeed({
    name: `On call: ${user}`,
    description: `When ${user} is on call`,
    timeZone: schedules[0]?.schedule.timeZone ?? "UTC",
    refreshMinutes: REFRESH_MINUTES,
    events: events.sort((a, b) => a.startMs - b.startMs),
  });
}

/**
 * What is on call in the days, whole: turns that begin before or end after them are not clipped, so that an event is the
 * same however often it is read. The days are those of UTC, and so the feed the same for all of one.
 */
function eventsOf(of: NamedSchedule, { nowMs, daysBack, daysAhead }: FeedOptions) {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const shown = { startMs: today - daysBack * DAY_MS, endMs: today + (daysAhead + 1) * DAY_MS };
  const longest = longestTurn(of.schedule);
  return finalPieces(of.schedule, { startMs: shown.startMs - longest, endMs: shown.endMs + longest })
    .filter(({ startMs, endMs }) => startMs < shown.endMs && endMs > shown.startMs)
    .map((piece) => ({ piece, event: eventOf(of, piece) }));
}

/** No turn and no override is longer, even when the clocks are set back a day. */
function longestTurn({ layers, overrides }: Schedule): number {
  const turns = layers.map(({ rotation }) => turnLength(rotation));
  const replaced = overrides.map(({ startMs, endMs }) => endMs - startMs);
  return Math.max(0, ...turns, ...replaced) + DAY_MS;
}

function eventOf({ scheduleId, name, changedMs }: NamedSchedule, piece: Piece): CalendarEvent {
  const { user, startMs, endMs, source } = piece;
  return {
    uid: uidOf(scheduleId, piece),
    startMs,
    endMs,
    title: `${user} is on call: ${name}`,
    description: source.kind === "layer" ? `By the layer ${source.layer}` : "By an override",
    categories: ["On call", name],
    changedMs,
  };
}

/** The same for the same part of the same turn, whoever takes it. */
function uidOf(scheduleId: string, { source, startMs, turnStartMs }: Piece): string {
  const key = [scheduleId, source.kind, nameOf(source), turnStartMs, startMs].join("\0");
  return `${createHash("sha256").update(key).digest("hex").slice(0, 32)}@sightline`;
}

function nameOf(source: ShiftSource): string {
  return source.kind === "layer" ? source.layer : source.overrideId;
}
