import type { WallWindow } from "../../zone/wall-window.ts";
import { WEEKDAYS, type Weekday } from "../../zone/weekdays.ts";
import type { Layer, Schedule } from "../schedule.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/**
 * Who is on call at a whole minute, worked out from what a clock on the wall has shown up to then and nothing else: the
 * slow way, against which the quick one is held. A wall time has come as soon as the wall has shown it or a later one.
 */
export function plainAnswer(schedule: Schedule, atMs: number): string | undefined {
  const override = schedule.overrides.findLast(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  if (override !== undefined) return override.user;
  const wall = wallReader(schedule.timeZone);
  for (const layer of schedule.layers.toReversed()) {
    const user = userOf(layer, { atMs, wall });
    if (user !== undefined) return user;
  }
  return undefined;
}

type ReadWall = (atMs: number) => number;

function userOf(layer: Layer, { atMs, wall }: { atMs: number; wall: ReadWall }): string | undefined {
  const { participants, rotation, restrictions, startsAtMs, endsAtMs } = layer;
  if (atMs < startsAtMs || atMs >= (endsAtMs ?? Number.POSITIVE_INFINITY)) return undefined;
  const latest = latestShown(wall, atMs);
  if (restrictions.length > 0 && !restrictions.some((window) => isWithin(window, latest))) return undefined;
  const length = rotation.every * { hour: DAY_MS / 24, day: DAY_MS, week: 7 * DAY_MS }[rotation.unit];
  let handover = wall(startsAtMs);
  while (!isHandover(layer, handover)) handover -= MINUTE_MS;
  return participants[Math.floor((latest - handover) / length) % participants.length];
}

/** The latest time that the wall has shown until a whole minute, this included. */
function latestShown(wall: ReadWall, atMs: number): number {
  let latest = wall(atMs);
  if (wall(atMs - DAY_MS) < latest - DAY_MS + 1) return latest;
  for (let before = atMs - MINUTE_MS; before > atMs - DAY_MS / 4; before -= MINUTE_MS) {
    latest = Math.max(latest, wall(before) + MINUTE_MS - 1);
  }
  return latest;
}

function isHandover({ rotation }: Layer, wallMs: number): boolean {
  return shows(wallMs, rotation.handoverTime, rotation.handoverWeekday);
}

/** Looks at every begin in the week before. */
function isWithin(window: WallWindow, wallMs: number): boolean {
  const minute = Math.floor(wallMs / MINUTE_MS) * MINUTE_MS;
  for (let start = minute; start > minute - 7 * DAY_MS; start -= MINUTE_MS) {
    if (!begins(window, start)) continue;
    let end = start + MINUTE_MS;
    while (!ends(window, end)) end += MINUTE_MS;
    if (wallMs < end) return true;
    if (window.kind === "week") return false;
  }
  return false;
}

function begins(window: WallWindow, wallMs: number): boolean {
  if (window.kind === "week") return shows(wallMs, window.from, window.fromWeekday);
  return (
    shows(wallMs, window.from) &&
    (window.weekdays.length === 0 || window.weekdays.some((day) => day === weekdayOf(wallMs)))
  );
}

function ends(window: WallWindow, wallMs: number): boolean {
  return shows(wallMs, window.to, window.kind === "week" ? window.toWeekday : undefined);
}

/** Whether it is this time of day, and this weekday where one is given. */
function shows(wallMs: number, time: string, weekday?: Weekday): boolean {
  const minute = (wallMs / MINUTE_MS) % 1440;
  const wanted = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return minute === wanted && (weekday === undefined || weekdayOf(wallMs) === weekday);
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(wallMs: number): Weekday | undefined {
  return WEEKDAYS[(Math.floor(wallMs / DAY_MS) + 3) % 7];
}

function wallReader(timeZone: string): ReadWall {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return (atMs) => Date.parse(`${format.format(atMs).replace(" ", "T")}Z`);
}
