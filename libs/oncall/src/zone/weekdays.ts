/** The days of the week as ISO 8601 has them, Monday first. */
export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export type Weekday = (typeof WEEKDAYS)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** 1970-01-05, the first Monday on the wall. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Midnight at which the day of a wall time begins. */
export function startOfDay(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

/** Midnight of the Monday in whose week a wall time lies. */
export function startOfWeek(wallMs: number): number {
  return Math.floor((wallMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
}

/** How long after Monday's midnight a weekday begins. */
export function weekdayOffset(weekday: Weekday): number {
  return WEEKDAYS.indexOf(weekday) * DAY_MS;
}

/** The weekday of a wall time. */
export function weekdayOf(wallMs: number): Weekday {
  return WEEKDAYS[Math.floor((wallMs - startOfWeek(wallMs)) / DAY_MS)] ?? "monday";
}

/** "09:30" as milliseconds after midnight; "24:00" is the end of a day. Undefined when it is no such text. */
export function timeOfDay(text: string): number | undefined {
  const match = /^(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes] = [Number(match[1]), Number(match[2])];
  if (minutes > 59 || hours > 24 || (hours === 24 && minutes > 0)) return undefined;
  return (hours * 60 + minutes) * MINUTE_MS;
}
