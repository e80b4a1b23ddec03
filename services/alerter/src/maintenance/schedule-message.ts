import { type MaintenanceSchedule, refused, weeklyIntervals } from "@sightline/alertmanager/silence/maintenance-window";
import { isTimeZone } from "@sightline/alertmanager/time-interval/local-time";
import {
  parseDayOfMonthRange,
  parseMinuteRange,
  parseMonthRange,
  parseWeekdayRange,
  parseYearRange,
} from "@sightline/alertmanager/time-interval/parse-ranges";
import type { MinuteRange, TimeInterval } from "@sightline/alertmanager/time-interval/time-interval";
import { AppError } from "@sightline/errors/app-error";
import type {
  MaintenanceWindow,
  RecurringSchedule,
  WallInterval,
  WeeklyHours,
} from "@sightline/proto/sightline/alert/v1/maintenance_window_service";

/** Of one window, all together. */
const maxRanges = 50;

const weekdayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** When a window is open by itself. Throws invalid_argument that names the field. */
export function scheduleFromMessage(schedule: MaintenanceWindow["schedule"]): MaintenanceSchedule {
  switch (schedule?.$case) {
    case "once": {
      const { startsAtUnixMs, endsAtUnixMs } = schedule.value;
      return { kind: "once", startsAtMs: Number(startsAtUnixMs), endsAtMs: Number(endsAtUnixMs) };
    }
    case "recurring":
      return recurringFromMessage(schedule.value);
    case "manual":
      return { kind: "manual" };
    case undefined:
      throw refused("schedule: got none, want once, recurring or manual");
  }
}

function recurringFromMessage(message: RecurringSchedule): MaintenanceSchedule {
  const { timeZone, weekly, intervals, fromUnixMs, untilUnixMs } = message;
  if (!isTimeZone(timeZone)) {
    throw refused(`time_zone: got ${JSON.stringify(timeZone.slice(0, 64))}, want a name of IANA's`);
  }
  const ranges = weekly.length + intervals.reduce((sum, { times }) => sum + Math.max(1, times.length), 0);
  if (ranges > maxRanges) throw refused(`got ${ranges} times of the day, want ${maxRanges} at most`);
  const location = timeZone === "" ? "UTC" : timeZone;
  return {
    kind: "recurring",
    intervals: [
      ...weekly.flatMap((hours, at) => within(`weekly[${at}]`, () => weeklyFromMessage(hours, location))),
      ...intervals.map((interval, at) => within(`intervals[${at}]`, () => intervalFromMessage(interval, location))),
    ],
    fromMs: fromUnixMs === undefined ? undefined : Number(fromUnixMs),
    untilMs: untilUnixMs === undefined ? undefined : Number(untilUnixMs),
  };
}

function weeklyFromMessage({ weekdays, start, durationMinutes }: WeeklyHours, location: string): TimeInterval[] {
  const days = weekdays.map((name) => weekdayNames.indexOf(name.toLowerCase()));
  // A time of the day is one that a range to the day's end can begin with.
  const { startMinute } = parseMinuteRange(start, "24:00");
  return weeklyIntervals({ weekdays: days, startMinute, durationMinutes, location });
}

function intervalFromMessage(interval: WallInterval, location: string): TimeInterval {
  const { times, weekdays, daysOfMonth, months, years } = interval;
  return {
    times: someOf(times, timesFromText),
    weekdays: someOf(weekdays, parseWeekdayRange),
    daysOfMonth: someOf(daysOfMonth, parseDayOfMonthRange),
    months: someOf(months, parseMonthRange),
    years: someOf(years, parseYearRange),
    location,
  };
}

function timesFromText(text: string): MinuteRange {
  const [start = "", end = ""] = text.split("-");
  return parseMinuteRange(start.trim(), end.trim());
}

/** No ranges of a kind are all of it. */
function someOf<T>(texts: readonly string[], parse: (text: string) => T): T[] | undefined {
  return texts.length === 0 ? undefined : texts.map(parse);
}

function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw refused(`${place}: ${AppError.from(thrown).message.replace("cannot set maintenance window: ", "")}`);
  }
}
