import { type AppError, invalid } from "@sightline/errors/app-error";
import type { MatcherSource } from "../matcher/matcher.ts";
import { containsLocal } from "../time-interval/contains.ts";
import { isTimeZone, type LocalTime, localTimeOf } from "../time-interval/local-time.ts";
import type { MinuteRange, TimeInterval } from "../time-interval/time-interval.ts";

/** When a window is open by itself. */
export type MaintenanceSchedule =
  | { readonly kind: "once"; readonly startsAtMs: number; readonly endsAtMs: number }
  /** In the time intervals of Alertmanager's form, from a day on and until another one if these are given. */
  | {
      readonly kind: "recurring";
      readonly intervals: readonly TimeInterval[];
      readonly fromMs?: number | undefined;
      readonly untilMs?: number | undefined;
    }
  /** Never: somebody opens it, such as a deployment. */
  | { readonly kind: "manual" };

/** What somebody opened, whatever the schedule. */
export interface MaintenanceOpening {
  /** Whose it is: jobs that overlap do not close each other's. "" for that of people. */
  readonly key: string;
  readonly atMs: number;
  readonly untilMs: number;
  /** The user, or the program. */
  readonly by: string;
  readonly reason: string;
}

/** Work that is planned: alerts that fulfil all matchers are not told of while it lasts. Plain data, never changed but replaced. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly name: string;
  readonly matchers: readonly MatcherSource[];
  readonly schedule: MaintenanceSchedule;
  /** It is open as long as one of them lasts. */
  readonly openings: readonly MaintenanceOpening[];
  /** Somebody closed it against its schedule: until then it is not open by that. */
  readonly closed?: { readonly untilMs: number; readonly by: string } | undefined;
  readonly createdBy: string;
  /** Why. */
  readonly comment: string;
  readonly updatedAtMs: number;
}

/** Whether a window is open at a time. */
export function isOpen({ schedule, openings, closed }: MaintenanceWindow, nowMs: number): boolean {
  if (openings.some(({ untilMs }) => nowMs < untilMs)) return true;
  return (closed === undefined || nowMs >= closed.untilMs) && isScheduled(schedule, nowMs);
}

/** Whether a window would be open at a time if nobody said anything. */
export function isScheduled(schedule: MaintenanceSchedule, nowMs: number): boolean {
  switch (schedule.kind) {
    case "once":
      return schedule.startsAtMs <= nowMs && nowMs < schedule.endsAtMs;
    case "recurring": {
      const { intervals, fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = schedule;
      return fromMs <= nowMs && nowMs < untilMs && containedInSome(intervals, nowMs);
    }
    case "manual":
      return false;
  }
}

/** Looking at the clock costs more than all else: it is done once for intervals of the same time zone that follow each other. */
function containedInSome(intervals: readonly TimeInterval[], nowMs: number): boolean {
  let seen: { readonly location: string | undefined; readonly local: LocalTime } | undefined;
  return intervals.some((interval) => {
    const { location } = interval;
    if (seen === undefined || seen.location !== location) seen = { location, local: localTimeOf(nowMs, location) };
    return containsLocal(interval, seen.local);
  });
}

/** Whether a window has been over since before a time: it does not open again by itself, and nobody opened or changed it since. */
export function isOver({ schedule, openings, updatedAtMs }: MaintenanceWindow, sinceMs: number): boolean {
  const used = Math.max(updatedAtMs, ...openings.map(({ untilMs }) => untilMs));
  if (schedule.kind === "manual") return used < sinceMs;
  const endMs = schedule.kind === "once" ? schedule.endsAtMs : (schedule.untilMs ?? Number.POSITIVE_INFINITY);
  return Math.max(used, endMs) < sinceMs;
}

const minutesPerDay = 1440;

export interface WeeklyWindow {
  /** Days on which it begins; 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** When it begins, in minutes of the day, by clocks of the time zone. */
  readonly startMinute: number;
  /** How long it lasts by these clocks: until the same time of the day also where they are set forward or back meanwhile. */
  readonly durationMinutes: number;
  /** The time zone's name in IANA's database. */
  readonly location: string;
}

/** Every week's hours as time intervals; what reaches over midnight is one for each day. Throws invalid_argument. */
export function weeklyIntervals({ weekdays, startMinute, durationMinutes, location }: WeeklyWindow): TimeInterval[] {
  checkWeekly({ weekdays, startMinute, durationMinutes, location });
  const intervals: TimeInterval[] = [];
  const endMinute = startMinute + durationMinutes;
  for (let day = 0; day * minutesPerDay < endMinute; day++) {
    const first = Math.max(startMinute, day * minutesPerDay) - day * minutesPerDay;
    const last = Math.min(endMinute, (day + 1) * minutesPerDay) - day * minutesPerDay;
    const days = weekdays.map((weekday) => (weekday + day) % 7);
    intervals.push(interval(days, { startMinute: first, endMinute: last }, location));
  }
  return intervals;
}

function interval(days: readonly number[], minutes: MinuteRange, location: string): TimeInterval {
  return {
    times: [minutes],
    weekdays: days.map((day) => ({ begin: day, end: day })),
    daysOfMonth: undefined,
    months: undefined,
    years: undefined,
    location,
  };
}

function checkWeekly({ weekdays, startMinute, durationMinutes, location }: WeeklyWindow): void {
  if (weekdays.length === 0 || weekdays.some((day) => !Number.isInteger(day) || day < 0 || day > 6)) {
    throw refused(`got the weekdays ${JSON.stringify(weekdays)}, want some of 0 (Sunday) to 6`);
  }
  if (!Number.isInteger(startMinute) || startMinute < 0 || startMinute >= minutesPerDay) {
    throw refused(`got the start ${startMinute}, want a minute of the day from 0 to ${minutesPerDay - 1}`);
  }
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > 7 * minutesPerDay) {
    throw refused(`got ${durationMinutes} minutes, want 1 to ${7 * minutesPerDay}`);
  }
  if (!isTimeZone(location)) throw refused(`got the time zone ${JSON.stringify(location)}, want a name of IANA's`);
}

/** Looks over a window, but for its matchers. Throws invalid_argument. */
export function checkWindow({ name, createdBy, comment, schedule }: MaintenanceWindow): void {
  if (name.trim() === "") throw refused("got no name, want one");
  if (createdBy.trim() === "") throw refused("got no author, want who is responsible for it");
  if (comment.trim() === "") throw refused("got no reason, want why");
  if (schedule.kind === "once" && !(schedule.endsAtMs > schedule.startsAtMs)) {
    throw refused("got an end that is not after its start, want one that is");
  }
  if (schedule.kind !== "recurring") return;
  const { intervals, fromMs, untilMs } = schedule;
  if (intervals.length === 0) throw refused("got no time intervals, want at least one");
  if (fromMs !== undefined && untilMs !== undefined && untilMs <= fromMs) {
    throw refused("got a time until which it recurs that is not after that from which it does, want one that is");
  }
}

/** An error about a window. */
export function refused(what: string): AppError {
  return invalid(`cannot set maintenance window: ${what}`);
}
