import { checkCount, checkName, refusalOf } from "../refuse.ts";
import { checkTimeOfDay, checkTimeZone, checkWindows } from "../zone/check-windows.ts";
import { DAY_MS, HOUR_MS, WEEK_MS } from "../zone/weekdays.ts";
import type { Layer, Override, Rotation, RotationUnit, Schedule } from "./schedule.ts";

/** What a schedule may hold. */
export const SCHEDULE_LIMITS = {
  layers: 20,
  participants: 100,
  overrides: 1000,
  /** How long an override may last: a leave, not a change of the rotation. */
  overrideMs: 366 * DAY_MS,
  /** How long a turn may be, in units. */
  every: { hour: WEEK_MS / HOUR_MS, day: 366, week: 52 },
} as const satisfies { readonly every: Readonly<Record<RotationUnit, number>>; readonly [limit: string]: unknown };

/** Milliseconds of the year 2200; what lies after is a mistake. */
const LAST_MS = Date.UTC(2200, 0);

const refuse = refusalOf("schedule");

/** Throws invalid_argument, naming the field, when the schedule could not be meant. */
export function checkSchedule({ timeZone, layers, overrides }: Schedule): void {
  checkTimeZone(refuse, "time_zone", timeZone);
  checkCount(refuse, "layers", layers.length, { min: 0, max: SCHEDULE_LIMITS.layers });
  checkCount(refuse, "overrides", overrides.length, { min: 0, max: SCHEDULE_LIMITS.overrides });
  const names = new Set<string>();
  for (const [index, layer] of layers.entries()) {
    const place = `layers[${index}]`;
    checkLayer(place, layer);
    if (names.has(layer.name)) throw refuse(`${place}.name`, `${layer.name} again`, "a name of its own");
    names.add(layer.name);
  }
  for (const [index, override] of overrides.entries()) checkOverride(override, `overrides[${index}].`);
}

/** Throws invalid_argument, naming the field, when the override could not be meant. */
export function checkOverride({ user, startMs, endMs }: Override, place = "override."): void {
  checkName(refuse, `${place}user`, user);
  checkMoment(`${place}start`, startMs);
  checkMoment(`${place}end`, endMs);
  if (endMs <= startMs) throw refuse(`${place}end`, timeText(endMs), `a time after the start, ${timeText(startMs)}`);
  if (endMs - startMs > SCHEDULE_LIMITS.overrideMs) {
    throw refuse(`${place}end`, timeText(endMs), "at most 366 days after the start");
  }
}

function checkLayer(place: string, layer: Layer): void {
  const { name, participants, rotation, restrictions, startsAtMs, endsAtMs } = layer;
  checkName(refuse, `${place}.name`, name);
  checkCount(refuse, `${place}.participants`, participants.length, { min: 1, max: SCHEDULE_LIMITS.participants });
  for (const [index, user] of participants.entries()) checkName(refuse, `${place}.participants[${index}]`, user);
  checkRotation(`${place}.rotation`, rotation);
  checkWindows(refuse, `${place}.restrictions`, restrictions);
  checkMoment(`${place}.start`, startsAtMs);
  if (endsAtMs === undefined) return;
  checkMoment(`${place}.end`, endsAtMs);
  if (endsAtMs <= startsAtMs) {
    throw refuse(`${place}.end`, timeText(endsAtMs), `a time after the start, ${timeText(startsAtMs)}`);
  }
}

function checkRotation(place: string, { every, unit, handoverTime, handoverWeekday }: Rotation): void {
  checkCount(refuse, `${place}.every`, every, { min: 1, max: SCHEDULE_LIMITS.every[unit] });
  checkTimeOfDay(refuse, `${place}.handover_time`, handoverTime, "00:00 to 23:59");
  if (unit === "week" && handoverWeekday === undefined) {
    throw refuse(`${place}.handover_weekday`, "none", "a weekday, since turns are weeks");
  }
  if (unit !== "week" && handoverWeekday !== undefined) {
    throw refuse(`${place}.handover_weekday`, handoverWeekday, `none, since turns are ${unit}s`);
  }
}

function checkMoment(place: string, got: number): void {
  if (!Number.isFinite(got) || got < 0 || got > LAST_MS) throw refuse(place, `${got}`, "a time from 1970 to 2200");
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
