import { quoteTime } from "./quote.ts";
import { element, fixedZone, type GoTime, MONTHS, offsetSeconds } from "./time.ts";

const offsetText = /Z|[+-]\d\d(?::?\d\d){0,2}/y;

/** What each element of a layout looks like in a text. */
function elementPattern(found: string): RegExp {
  if (/^[.,]/.test(found)) return found[1] === "9" ? /(?:[.,]\d+)?/y : new RegExp(`[.,]\\d{${found.length - 1}}`, "y");
  if (/^[Z-]/.test(found)) return offsetText;
  if (found === "MST") return /[A-Z]{3,5}|[+-]\d\d/y;
  if (found.toLowerCase() === "pm") return /[AaPp][Mm]/y;
  if (/^[A-Za-z]/.test(found)) return found.length > 3 ? /[A-Za-z]+/y : /[A-Za-z]{3}/y;
  if (found === "2006") return /\d{4}/y;
  if (found === "002" || found === "__2") return /[ \d]{2}\d/y;
  if (found === "_2") return / ?\d{1,2}/y;
  return found.length === 2 && found !== "15" ? /\d{2}/y : /\d{1,2}/y;
}

/**
 * Reads a time that was written as a layout of Go says, in the zone where it does not name one. Undefined where it was not. Each element
 * takes what it can and gives nothing back, so that no layout can make it slow.
 */
export function parseTime(layout: string, text: string, zone: string): GoTime | undefined {
  const read = readTime(layout, text, zone);
  return "problem" in read ? undefined : read;
}

/** Like `parseTime`; what was not written so comes back as Go's message about it. */
export function readTime(layout: string, text: string, zone: string): GoTime | { readonly problem: string } {
  const fields = emptyFields();
  let at = 0;
  let written = 0;
  const failed = (wanted: string) => {
    const found = `cannot parse ${quoteTime(text.slice(at))} as ${quoteTime(wanted)}`;
    return { problem: `parsing time ${quoteTime(text)} as ${quoteTime(layout)}: ${found}` };
  };
  const takeText = (wanted: string) => {
    if (!text.startsWith(wanted, at)) return false;
    at += wanted.length;
    return true;
  };
  const takeElement = (found: string) => {
    const pattern = elementPattern(found);
    pattern.lastIndex = at;
    const value = pattern.exec(text)?.[0];
    if (value === undefined || !setField(fields, found, value)) return false;
    at += value.length;
    return true;
  };
  for (const found of layout.matchAll(element)) {
    const before = layout.slice(written, found.index);
    if (!takeText(before)) return failed(before);
    if (!takeElement(found[0])) return failed(found[0]);
    written = found.index + found[0].length;
    // Go takes fractions of a second where the layout has none.
    const isSecond = found[0] === "05" || found[0] === "5";
    if (isSecond && !/^[.,][09]/.test(layout.slice(written))) takeElement(".9");
  }
  if (!takeText(layout.slice(written))) return failed(layout.slice(written));
  if (at < text.length) return { problem: `parsing time ${quoteTime(text)}: extra text: ${quoteTime(text.slice(at))}` };
  return assemble(fields, zone) ?? { problem: `parsing time ${quoteTime(text)}: ${outOfRange(fields)} out of range` };
}

function outOfRange({ month, hour, minute, second }: Fields): string {
  if (month < 1 || month > 12) return "month";
  if (hour >= 24) return "hour";
  if (minute >= 60) return "minute";
  return second >= 60 ? "second" : "day";
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  isAfternoon: boolean | undefined;
  offset: number | undefined;
}

function emptyFields(): Fields {
  const date = { year: 0, month: 1, day: 1 };
  return { ...date, hour: 0, minute: 0, second: 0, nanos: 0, isAfternoon: undefined, offset: undefined };
}

function assemble(fields: Fields, zone: string): GoTime | undefined {
  const { year, month, day, minute, second, nanos, isAfternoon } = fields;
  const hour = isAfternoon === undefined ? fields.hour : (fields.hour % 12) + (isAfternoon ? 12 : 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = month <= 12 && date.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60;
  if (!isReal) return undefined;
  const civil = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  const offset = fields.offset ?? offsetOfCivil(civil, zone);
  const seconds = civil - offset;
  const isOfZone = fields.offset === undefined || offsetSeconds(seconds * 1000, zone).offset === offset;
  return { epochNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanos), zone: isOfZone ? zone : fixedZone(offset) };
}

/** The offset of a zone at a civil time, found by guessing twice. */
function offsetOfCivil(civilSeconds: number, zone: string): number {
  const guess = offsetSeconds(civilSeconds * 1000, zone).offset;
  return offsetSeconds((civilSeconds - guess) * 1000, zone).offset;
}

type Setter = (fields: Fields, value: string) => void;

const setters: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ...["2006"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { year: Number(value) }),
  ]),
  ...["01", "1"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { month: Number(value) }),
  ]),
  ...["02", "2", "_2", "002", "__2"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { day: Number(value) }),
  ]),
  ...["15", "03", "3"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { hour: Number(value) }),
  ]),
  ...["04", "4"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { minute: Number(value) }),
  ]),
  ...["05", "5"].map((found): [string, Setter] => [
    found,
    (fields, value) => Object.assign(fields, { second: Number(value) }),
  ]),
]);

function setField(fields: Fields, found: string, value: string): boolean {
  if (/^[.,]/.test(found)) fields.nanos = value === "" ? 0 : Number(value.slice(1).padEnd(9, "0").slice(0, 9));
  else if (/^[Z-]/.test(found)) fields.offset = readOffset(value);
  else if (found === "MST") fields.offset = value === "UTC" || value === "GMT" ? 0 : fields.offset;
  else if (found === "06") fields.year = Number(value) + (Number(value) >= 69 ? 1900 : 2000);
  else if (found.toLowerCase() === "pm") fields.isAfternoon = value.toLowerCase() === "pm";
  else if (found.startsWith("Jan")) {
    const length = found === "Jan" ? 3 : undefined;
    fields.month = MONTHS.findIndex((name) => name.slice(0, length).toLowerCase() === value.toLowerCase()) + 1;
    return fields.month > 0;
  } else setters.get(found)?.(fields, value);
  return true;
}

function readOffset(value: string): number {
  if (value === "Z") return 0;
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /^([+-])(\d\d):?(\d\d)?:?(\d\d)?$/.exec(value) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -size : size;
}
