import { zoneName } from "./zone-name.ts";

/** A point in time, shown in a zone of the IANA database. */
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

/** How far the zone is ahead of UTC at that time, and what it is called. */
export function offsetSeconds(epochMs: number, zone: string): { readonly offset: number; readonly name: string } {
  if (zone === "UTC") return { offset: 0, name: "UTC" };
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

function formatElement(found: string, civil: CivilTime): string {
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  const plain = new Map<string, string>([
    ["January", MONTHS[civil.month - 1] ?? ""],
    ["Jan", (MONTHS[civil.month - 1] ?? "").slice(0, 3)],
    ["Monday", weekdays[civil.weekday] ?? ""],
    ["Mon", (weekdays[civil.weekday] ?? "").slice(0, 3)],
    ["MST", civil.zoneName],
    ["2006", String(civil.year).padStart(4, "0")],
    ["06", two(civil.year % 100)],
    ["01", two(civil.month)],
    ["1", String(civil.month)],
    ["02", two(civil.day)],
    ["_2", String(civil.day).padStart(2)],
    ["2", String(civil.day)],
    ["002", String(dayOfYear(civil)).padStart(3, "0")],
    ["__2", String(dayOfYear(civil)).padStart(3)],
    ["15", two(civil.hour)],
    ["03", two(hour12)],
    ["3", String(hour12)],
    ["04", two(civil.minute)],
    ["4", String(civil.minute)],
    ["05", two(civil.second)],
    ["5", String(civil.second)],
    ["PM", civil.hour < 12 ? "AM" : "PM"],
    ["pm", civil.hour < 12 ? "am" : "pm"],
  ]);
  const text = plain.get(found);
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
