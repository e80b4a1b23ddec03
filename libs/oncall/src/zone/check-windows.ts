import { checkCount, type Refuse, shown } from "../refuse.ts";
import type { WallWindow } from "./wall-window.ts";
import { timeOfDay } from "./weekdays.ts";
import { isTimeZone } from "./zone.ts";

/** Of one layer, step or person: two for each day, and some. */
const MAX_WINDOWS = 21;

/** Throws invalid_argument that names the window when one of them could not be meant. */
export function checkWindows(refuse: Refuse, place: string, windows: readonly WallWindow[]): void {
  checkCount(refuse, place, windows.length, { min: 0, max: MAX_WINDOWS });
  for (const [index, window] of windows.entries()) {
    const at = `${place}[${index}]`;
    checkTimeOfDay(refuse, `${at}.from`, window.from, "00:00 to 23:59");
    checkTimeOfDay(refuse, `${at}.to`, window.to, "00:00 to 24:00");
    if (window.kind === "day" && new Set(window.weekdays).size < window.weekdays.length) {
      throw refuse(`${at}.weekdays`, window.weekdays.join(", "), "each day at most once");
    }
  }
}

/** Throws unless it is a time of day, "HH:MM"; "24:00" where the wanted range says so. */
export function checkTimeOfDay(
  refuse: Refuse,
  place: string,
  got: string,
  want: "00:00 to 23:59" | "00:00 to 24:00",
): void {
  if (timeOfDay(got) === undefined || (got === "24:00" && !want.endsWith(got))) throw refuse(place, shown(got), want);
}

/** Throws unless it is the name of a time zone. */
export function checkTimeZone(refuse: Refuse, place: string, got: string): void {
  if (!isTimeZone(got)) throw refuse(place, shown(got), 'an IANA time zone such as "Europe/Berlin"');
}
