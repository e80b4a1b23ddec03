import { invalid } from "@sightline/errors/app-error";
import type { InclusiveRange, MinuteRange } from "./time-interval.ts";

const weekdayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

const timeOfDay = /^(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$/;

/** Reads `09:00` and `17:00`; the end is at most `24:00`. Throws invalid_argument with Alertmanager's text, as all of these do. */
export function parseMinuteRange(startTime: string, endTime: string): MinuteRange {
  if (startTime === "" || endTime === "") throw invalid("both start and end times must be provided");
  const startMinute = parseTimeOfDay(startTime);
  const endMinute = parseTimeOfDay(endTime);
  if (startMinute >= endMinute) throw invalid("start time cannot be equal or greater than end time");
  return { startMinute, endMinute };
}

function parseTimeOfDay(text: string): number {
  const match = timeOfDay.exec(text);
  if (match === null) throw invalid(`couldn't parse timestamp ${text}, invalid format`);
  return match[1] === undefined ? 24 * 60 : Number(match[1]) * 60 + Number(match[2]);
}

/** Reads `monday:friday` or `sunday`, in letters of any size. */
export function parseWeekdayRange(text: string): InclusiveRange {
  const range = parseRange(text, (name) => {
    const day = weekdayNames.indexOf(name);
    if (day < 0) throw invalid(`${name} is not a valid weekday`);
    return day;
  });
  if (range.begin > range.end) throw invalid("start day cannot be before end day");
  return range;
}

/** Reads `1:5`, `-1` or `20:-1`. Months that have fewer days are looked at when a time is compared. */
export function parseDayOfMonthRange(text: string): InclusiveRange {
  const range = parseRange(text, parseInteger);
  const { begin, end } = range;
  for (const day of [begin, end]) {
    if (day === 0 || day < -31 || day > 31) throw invalid(`${day} is not a valid day of the month: out of range`);
  }
  if (begin < 0 && end > 0) throw invalid("end day must be negative if start day is negative");
  // Whether the end comes first may hang on the month; what is wrong in each of them is wrong in the shortest.
  const shortest = (day: number) => (day < 0 ? 28 + day : day);
  if (shortest(begin) > shortest(end)) throw invalid(`end day ${end} is always before start day ${begin}`);
  return range;
}

/** Reads `january:march`, `1:3` or `may`. */
export function parseMonthRange(text: string): InclusiveRange {
  const range = parseRange(text, (name) => {
    const month = monthNames.indexOf(name);
    if (month >= 0) return month + 1;
    if (!isInteger(name)) throw invalid(`${name} is not a valid month`);
    return parseInteger(name);
  });
  const nameOf = (month: number) => monthNames[month - 1] ?? "";
  if (range.begin > range.end) {
    throw invalid(`end month ${nameOf(range.end)} is before start month ${nameOf(range.begin)}`);
  }
  return range;
}

/** Reads `2024:2026` or `2025`. */
export function parseYearRange(text: string): InclusiveRange {
  const range = parseRange(text, parseInteger);
  if (range.begin > range.end) throw invalid(`end year ${range.end} is before start year ${range.begin}`);
  return range;
}

function parseRange(text: string, parseOne: (text: string) => number): InclusiveRange {
  const written = text.toLowerCase();
  const [first = "", last, ...more] = written.split(":");
  if (more.length > 0) throw invalid(`couldn't parse range ${written}, invalid format`);
  const begin = parseOne(first);
  return { begin, end: last === undefined ? begin : parseOne(last) };
}

/** As Go's `strconv.Atoi`, for numbers that are exact here. */
function isInteger(text: string): boolean {
  return /^[-+]?[0-9]+$/.test(text) && Number.isSafeInteger(Number(text));
}

function parseInteger(text: string): number {
  if (!isInteger(text)) throw invalid(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** A range of minutes as it is written. */
export function formatMinuteRange({ startMinute, endMinute }: MinuteRange): { start_time: string; end_time: string } {
  return { start_time: formatTimeOfDay(startMinute), end_time: formatTimeOfDay(endMinute) };
}

function formatTimeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** A range of weekdays as it is written. */
export function formatWeekdayRange({ begin, end }: InclusiveRange): string {
  return formatBoth(weekdayNames[begin] ?? "", weekdayNames[end] ?? "");
}

/** A range of days, months or years as Alertmanager prints it: in numbers. */
export function formatRange({ begin, end }: InclusiveRange): string {
  return formatBoth(String(begin), String(end));
}

function formatBoth(begin: string, end: string): string {
  return begin === end ? begin : `${begin}:${end}`;
}
