import { daysInMonth, type LocalTime, localTimeOf } from "./local-time.ts";
import type { InclusiveRange, NamedTimeIntervals, TimeInterval } from "./time-interval.ts";

/** Whether a moment (milliseconds since the Unix epoch) lies in the interval. */
export function containsTime(interval: TimeInterval, nowMs: number): boolean {
  return containsLocal(interval, localTimeOf(nowMs, interval.location));
}

/** The same of what clocks in the interval's time zone show. */
export function containsLocal(interval: TimeInterval, local: LocalTime): boolean {
  const { times, weekdays, daysOfMonth, months, years } = interval;
  return (
    (times === undefined ||
      times.some((range) => range.startMinute <= local.minuteOfDay && local.minuteOfDay < range.endMinute)) &&
    (daysOfMonth === undefined || daysOfMonth.some((range) => containsDay(range, local))) &&
    isInSome(months, local.month) &&
    isInSome(weekdays, local.weekday) &&
    isInSome(years, local.year)
  );
}

/** The names of those that a moment lies in, in the order given. Names that are not there are left out: configurations know none. */
export function namesContaining(names: readonly string[], intervals: NamedTimeIntervals, nowMs: number): string[] {
  return names.filter((name) => intervals.get(name)?.some((interval) => containsTime(interval, nowMs)) ?? false);
}

function isInSome(ranges: readonly InclusiveRange[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => begin <= value && value <= end);
}

function containsDay(range: InclusiveRange, local: LocalTime): boolean {
  const last = daysInMonth(local);
  const begin = range.begin < 0 ? last + range.begin + 1 : range.begin;
  const end = range.end < 0 ? last + range.end + 1 : range.end;
  // A range that begins after the month's end does not reach into the next one, nor does it become the last day.
  return begin <= last && begin <= local.day && local.day <= end;
}
