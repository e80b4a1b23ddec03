import type { Span } from "./spans.ts";
import { joinSpans } from "./spans.ts";
import {
  DAY_MS,
  startOfDay,
  startOfWeek,
  timeOfDay,
  WEEK_MS,
  type Weekday,
  weekdayOf,
  weekdayOffset,
} from "./weekdays.ts";
import type { Zone } from "./zone.ts";

/**
 * A time that comes every day or every week, on the wall. Ends are exclusive, times of day are "HH:MM" up to "24:00".
 *
 * - `day`: from a time of day to the next such time, on the weekdays on which it begins; none given: on all. "22:00" to
 *   "06:00" goes over midnight, "00:00" to "00:00" is the whole day.
 * - `week`: from a time on one weekday to a time on another, such as Friday 17:00 to Monday 09:00; where both are the
 *   same it is the whole week.
 */
export type WallWindow =
  | { readonly kind: "day"; readonly weekdays: readonly Weekday[]; readonly from: string; readonly to: string }
  | {
      readonly kind: "week";
      readonly fromWeekday: Weekday;
      readonly from: string;
      readonly toWeekday: Weekday;
      readonly to: string;
    };

/**
 * When any of the windows is open, clipped to `within`, in order and apart from each other. A window whose begin is
 * skipped by the clocks opens with the change; one that begins in an hour that comes twice opens the first time.
 */
export function openSpans(windows: readonly WallWindow[], zone: Zone, within: Span): Span[] {
  // A window may have begun a week before, and a day by which the wall is elsewhere.
  const fromWall = zone.wallOf(within.startMs) - WEEK_MS - DAY_MS;
  const toWall = zone.wallOf(within.endMs) + DAY_MS;
  const spans: Span[] = [];
  for (const window of windows) {
    for (const [wallStart, wallEnd] of occurrences(window, fromWall, toWall)) {
      const startMs = Math.max(zone.momentOf(wallStart), within.startMs);
      const endMs = Math.min(zone.momentOf(wallEnd), within.endMs);
      if (startMs < endMs) spans.push({ startMs, endMs });
    }
  }
  return joinSpans(spans);
}

/** Whether any of the windows is open at a moment. */
export function isOpen(windows: readonly WallWindow[], zone: Zone, atMs: number): boolean {
  return openSpans(windows, zone, { startMs: atMs, endMs: atMs + 1 }).length > 0;
}

/** Begins and ends on the wall, of those that begin between the two wall times. */
function* occurrences(window: WallWindow, fromWall: number, toWall: number): Generator<readonly [number, number]> {
  const from = timeOfDay(window.from) ?? 0;
  const to = timeOfDay(window.to) ?? 0;
  if (window.kind === "week") {
    const start = weekdayOffset(window.fromWeekday) + from;
    const end = weekdayOffset(window.toWeekday) + to;
    const length = end > start ? end - start : end - start + WEEK_MS;
    for (let week = startOfWeek(fromWall); week < toWall; week += WEEK_MS) yield [week + start, week + start + length];
    return;
  }
  const length = to > from ? to - from : to - from + DAY_MS;
  for (let day = startOfDay(fromWall); day < toWall; day += DAY_MS) {
    if (window.weekdays.length === 0 || window.weekdays.includes(weekdayOf(day))) {
      yield [day + from, day + from + length];
    }
  }
}
