// After helpers/templates of github.com/prometheus/common 0.73 (Apache-2.0, copyright The Prometheus Authors).
import { invalid } from "@sightline/errors/app-error";
import { formatFloat } from "@sightline/gotext/format-float";
import { floatProblem, parseGoFloat } from "@sightline/gotext/parse-float";
import { any, func1 } from "../func.ts";
import { durationType } from "../time/duration.ts";
import { printTime, timeOf } from "../time/layout.ts";
import { type Func, type Time, typeName, type Value } from "../value.ts";

/** A value as a float: a number, a text that is one, or the seconds of a duration. Throws invalid_argument where it is none. */
export function toFloat(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") {
    const read = parseGoFloat(value);
    if (read === undefined) throw invalid(floatProblem(value));
    return read;
  }
  const isDuration = typeof value === "object" && value?.kind === "named" && value.type === durationType;
  if (isDuration && typeof value.base === "bigint") return Number(value.base) / 1e9;
  throw invalid(`can't convert ${typeName(value)} to float`);
}

/** A number with four digits that count: `%.4g`. */
export function fourDigits(value: number): string {
  return formatFloat(value, "g", 4);
}

/** How a number is made smaller or larger until it is short. */
export interface Scale {
  readonly prefixes: readonly string[];
  readonly base: number;
}

const large: Scale = { prefixes: ["k", "M", "G", "T", "P", "E", "Z", "Y"], base: 1000 };
const small: Scale = { prefixes: ["m", "u", "n", "p", "f", "a", "z", "y"], base: 1000 };
const binary: Scale = { prefixes: ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"], base: 1024 };

function scaleDown(value: number, { prefixes, base }: Scale): string {
  let [scaled, used] = [value, ""];
  for (const prefix of prefixes) {
    if (Math.abs(scaled) < base) break;
    used = prefix;
    scaled /= base;
  }
  return fourDigits(scaled) + used;
}

function scaleUp(value: number): string {
  let [scaled, used] = [value, ""];
  for (const prefix of small.prefixes) {
    if (Math.abs(scaled) >= 1) break;
    used = prefix;
    scaled *= small.base;
  }
  return fourDigits(scaled) + used;
}

/** `humanize`: 1234567 becomes `1.235M`. */
export const humanize: Func = func1(any, (value) => {
  const number = toFloat(value);
  if (number === 0 || !Number.isFinite(number)) return fourDigits(number);
  return Math.abs(number) >= 1 ? scaleDown(number, large) : scaleUp(number);
});

/** `humanize1024`: 1234567 becomes `1.177Mi`. */
export const humanize1024: Func = func1(any, (value) => {
  const number = toFloat(value);
  return Math.abs(number) <= 1 || !Number.isFinite(number) ? fourDigits(number) : scaleDown(number, binary);
});

/** `humanizePercentage`: 0.123 becomes `12.3%`. */
export const humanizePercentage: Func = func1(any, (value) => `${fourDigits(toFloat(value) * 100)}%`);

/** `humanizeDuration`: a number of seconds, as `1d 2h 3m 4s`. */
export const humanizeDuration: Func = func1(any, (value) => {
  const seconds = toFloat(value);
  if (!Number.isFinite(seconds)) return fourDigits(seconds);
  if (seconds === 0) return `${fourDigits(seconds)}s`;
  return Math.abs(seconds) < 1 ? `${scaleUp(seconds)}s` : (seconds < 0 ? "-" : "") + longDuration(Math.abs(seconds));
});

function longDuration(size: number): string {
  const whole = Math.floor(size);
  const [seconds, minutes, hours] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600) % 24];
  const days = Math.floor(whole / 86_400);
  if (days > 0) return `${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours > 0) return `${hours}h ${minutes}m ${seconds}s`;
  return minutes > 0 ? `${minutes}m ${seconds}s` : `${fourDigits(size)}s`;
}

/** The time of a number of seconds since the epoch. Throws invalid_argument where Go has no such time. */
export function toTime(seconds: number): Time {
  if (!Number.isFinite(seconds)) throw invalid("value is NaN or Inf");
  const ns = seconds * 1e9;
  if (Math.abs(ns) > 2 ** 63) {
    const shown = formatFloat(seconds, "g", -1);
    throw invalid(`${shown} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  }
  // Prometheus has times in milliseconds.
  const ms = BigInt.asIntN(64, BigInt(Math.trunc(ns))) / 1_000_000n;
  return timeOf(ms * 1_000_000n);
}

/** `humanizeTimestamp`: a number of seconds since the epoch, as a time. */
export const humanizeTimestamp: Func = func1(any, (value) => {
  const seconds = toFloat(value);
  return Number.isFinite(seconds) ? printTime(toTime(seconds)) : fourDigits(seconds);
});
