import { zoneName } from "./zone-name.ts";

/** A point in time, shown in a zone of the IANA database or so far ahead of UTC: `+02:00`. */
export interface GoTime {
  readonly epochNs: bigint;
  readonly zone: string;
}

/** Go's zero time, which is what dates that cannot be read become: the first of January of the year 1. */
export const ZERO_TIME: GoTime = { epochNs: -62_135_596_800_000_000_000n, zone: "UTC" };

interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  readonly weekday: number;
  readonly offsetSeconds: number;
  readonly zoneName: string;
}

/** The months in English. */
export const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is such a zone. */
export function isZone(zone: string): boolean {
  try {
    return zoneFormat(zone) !== undefined;
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    era: "short",
  });
  if (formats.size < 512) formats.set(zone, made);
  return made;
}

/** The zone without a name that is always so far ahead of UTC; of seconds only where there are no whole minutes. */
export function fixedZone(offset: number): string {
  return formatOffset(offset % 60 === 0 ? "-07:00" : "-07:00:00", offset);
}

/** How far the zone is ahead of UTC at that time, and what it is called. */
export function offsetSeconds(epochMs: number, zone: string): { readonly offset: number; readonly name: string } {
  if (zone === "UTC") return { offset: 0, name: "UTC" };
  const [, sign, hours, minutes, seconds = "0"] = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(zone) ?? [];
  if (sign !== undefined) {
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return { offset: sign === "-" ? -size : size, name: `${sign}${hours}${minutes}` };
  }
  const parts = new Map(
    zoneFormat(zone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type) ?? 0);
  const civil = Date.UTC(
    ...([number("year"), number("month") - 1, number("day")] as const),
    ...([number("hour"), number("minute"), number("second")] as const),
  );
  const offset = Math.round((civil - Math.floor(epochMs / 1000) * 1000) / 1000);
  return { offset, name: zoneName(epochMs, zone, offset) };
}

function civilOf({ epochNs, zone }: GoTime): CivilTime {
  const nanos = Number(((epochNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  const seconds = Number((epochNs - BigInt(nanos)) / 1_000_000_000n);
  const { offset, name } = offsetSeconds(seconds * 1000, zone);
  const date = new Date((seconds + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanos,
    weekday: date.getUTCDay(),
    offsetSeconds: offset,
    zoneName: name,
  };
}

/** The elements of Go's layouts, longest first where one begins as another does. */
export const element =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,](?:0+|9+)(?!\d)|002|01|02|03|04|05|06|__2|_2(?!006)|15|PM|pm|1|2|3|4|5/g;

/** Prints a time as a layout of Go says, which shows how the second of January 2006, 15:04:05, would look. */
export function formatTime(time: GoTime, layout: string): string {
  const civil = civilOf(time);
  return layout.replace(element, (found) => formatElement(found, civil));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function hour12({ hour }: CivilTime): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

const formatted: ReadonlyMap<string, (civil: CivilTime) => string> = new Map([
  ["January", ({ month }) => MONTHS[month - 1] ?? ""],
  ["Jan", ({ month }) => (MONTHS[month - 1] ?? "").slice(0, 3)],
  ["Monday", ({ weekday }) => weekdays[weekday] ?? ""],
  ["Mon", ({ weekday }) => (weekdays[weekday] ?? "").slice(0, 3)],
  ["MST", ({ zoneName: name }) => name],
  ["2006", ({ year }) => String(year).padStart(4, "0")],
  ["06", ({ year }) => two(year % 100)],
  ["01", ({ month }) => two(month)],
  ["1", ({ month }) => String(month)],
  ["02", ({ day }) => two(day)],
  ["_2", ({ day }) => String(day).padStart(2)],
  ["2", ({ day }) => String(day)],
  ["002", (civil) => String(dayOfYear(civil)).padStart(3, "0")],
  ["__2", (civil) => String(dayOfYear(civil)).padStart(3)],
  ["15", ({ hour }) => two(hour)],
  ["03", (civil) => two(hour12(civil))],
  ["3", (civil) => String(hour12(civil))],
  ["04", ({ minute }) => two(minute)],
  ["4", ({ minute }) => String(minute)],
  ["05", ({ second }) => two(second)],
  ["5", ({ second }) => String(second)],
  ["PM", ({ hour }) => (hour < 12 ? "AM" : "PM")],
  ["pm", ({ hour }) => (hour < 12 ? "am" : "pm")],
]);

function formatElement(found: string, civil: CivilTime): string {
  const text = formatted.get(found)?.(civil);
  if (text !== undefined) return text;
  return /^[.,]/.test(found) ? formatFraction(found, civil.nanos) : formatOffset(found, civil.offsetSeconds);
}

function dayOfYear({ year, month, day }: CivilTime): number {
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
}

function formatFraction(found: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, "0")
    .slice(0, found.length - 1);
  if (found[1] === "0") return found[0] + digits;
  const shown = digits.replace(/0+$/, "");
  return shown === "" ? "" : found[0] + shown;
}

function formatOffset(found: string, offset: number): string {
  if (found.startsWith("Z") && offset === 0) return "Z";
  const size = Math.abs(offset);
  const colon = found.includes(":") ? ":" : "";
  const parts = [two(Math.floor(size / 3600)), two(Math.floor((size % 3600) / 60)), two(size % 60)];
  const count = found.replace(/\D/g, "").length / 2;
  return `${offset < 0 ? "-" : "+"}${parts.slice(0, count).join(colon)}`;
}
