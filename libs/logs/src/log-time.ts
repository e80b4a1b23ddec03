import { parseRfc3339 } from "@sightline/model/rfc3339";

/** Dates that are no times of logs: before 2000 and beyond what ClickHouse holds (2262). */
const LEAST_SECONDS = 946_684_800;
const MOST_SECONDS = 9_214_646_400;

/**
 * The time that a log record gives, as nanoseconds since the Unix epoch; undefined when the value is none.
 *
 * Text is RFC 3339, or like it: a space for the T, a comma before the fraction (Python), a zone without a colon, or no
 * zone at all, which is UTC. Numbers, also as text, are seconds, milliseconds, microseconds or nanoseconds since the Unix
 * epoch, whichever of them lies between 2000 and 2262. Objects are Google's `{seconds, nanos}` and Log4j's
 * `{epochSecond, nanoOfSecond}`.
 */
export function logTime(value: unknown): bigint | undefined {
  if (typeof value === "string") return timeOfText(value);
  if (typeof value === "number") return timeOfNumber(value);
  if (typeof value === "bigint") return value > 0n ? scaled(value) : undefined;
  if (typeof value === "object" && value !== null) return timeOfParts(value);
  return undefined;
}

/** Longer texts are no times. */
const MAX_CHARS = 40;

function timeOfText(text: string): bigint | undefined {
  if (text.length > MAX_CHARS) return undefined;
  return timeOfUtc(text) ?? parseRfc3339(text) ?? timeOfDigits(text) ?? timeOfLoose(text);
}

const ZERO = 0x30;

/** Fast path: `2026-01-31T23:59:59.123Z` with any fraction up to nine digits, which nearly all loggers write. */
function timeOfUtc(text: string): bigint | undefined {
  const { length } = text;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 0x5a || text.charCodeAt(10) !== 0x54) {
    return undefined;
  }
  if (length > 20 && text.charCodeAt(19) !== 0x2e) return undefined;
  const dayMs = dayOf(text);
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  if (dayMs === undefined || hour > 23 || minute > 59 || second > 59 || !(hour + minute + second >= 0))
    return undefined;
  let nanos = 0;
  let scale = 100_000_000;
  for (let at = 20; at < length - 1; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    nanos += digit * scale;
    scale /= 10;
  }
  const seconds = dayMs / 1000 + hour * 3600 + minute * 60 + second;
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

/** The last day that was read: the records of a request are nearly all of one. */
let lastDay = "";
let lastDayMs: number | undefined;

function dayOf(text: string): number | undefined {
  const day = text.slice(0, 10);
  if (day !== lastDay) {
    const ms = Date.parse(`${day}T00:00:00Z`);
    lastDay = day;
    // A day that does not print back does not exist.
    const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
    lastDayMs = exists ? ms : undefined;
  }
  return lastDayMs;
}

/** Two digits at `at`; NaN when they are none. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function timeOfDigits(text: string): bigint | undefined {
  if (!/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return undefined;
  const [whole = "", fraction = ""] = text.split(".");
  if (whole.length > 11) return scaled(BigInt(whole));
  return inRange(BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")));
}

const loose =
  /^(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;

function timeOfLoose(text: string): bigint | undefined {
  const match = loose.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, time, fraction = "0", zone = "Z"] = match;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : "Z";
  return parseRfc3339(`${year}-${month}-${day}T${time}.${fraction}${offset}`);
}

function timeOfNumber(value: number): bigint | undefined {
  if (!Number.isFinite(value) || value < LEAST_SECONDS) return undefined;
  if (Number.isInteger(value)) return scaled(BigInt(value));
  // A double holds the microseconds of today's seconds, and no more.
  if (value <= MOST_SECONDS) return BigInt(Math.round(value * 1e6)) * 1000n;
  if (value <= MOST_SECONDS * 1e3) return BigInt(Math.round(value * 1e3)) * 1000n;
  return scaled(BigInt(Math.round(value)));
}

/** Takes a count of seconds, milliseconds, microseconds or nanoseconds for what it must be. */
function scaled(count: bigint): bigint | undefined {
  for (let nanos = count * 1_000_000_000n, step = 0; step < 4; nanos /= 1000n, step++) {
    if (nanos <= MOST_NANOS) return inRange(nanos);
  }
  return undefined;
}

const LEAST_NANOS = BigInt(LEAST_SECONDS) * 1_000_000_000n;
const MOST_NANOS = BigInt(MOST_SECONDS) * 1_000_000_000n;

function inRange(nanos: bigint): bigint | undefined {
  return nanos >= LEAST_NANOS && nanos <= MOST_NANOS ? nanos : undefined;
}

function timeOfParts(value: object): bigint | undefined {
  const parts: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
  const seconds = Number(parts.get("seconds") ?? parts.get("epochSecond") ?? Number.NaN);
  const nanos = Number(parts.get("nanos") ?? parts.get("nanoOfSecond") ?? 0);
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
    return undefined;
  }
  return inRange(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}
