import { invalid } from "@sightline/errors/app-error";
import { parsePrometheusDuration } from "@sightline/query/logql/durations";
import type { Parameters } from "../http/request-parameters.ts";

const SECOND_NS = 1_000_000_000n;
const HOUR_NS = 3600n * SECOND_NS;
/** What signed nanoseconds can say. */
const GREATEST_NS = 2n ** 63n - 1n;

const INTEGER = /^[+-]?\d{1,19}$/;
const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC_3339 = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;
/** An integer of so few digits is seconds, a longer one nanoseconds. */
const DIGITS_OF_SECONDS = 10;

/**
 * A time as Loki reads it (its `pkg/loghttp/params.go`): nanoseconds or seconds since 1970, seconds with a fraction, or RFC 3339.
 * Nanoseconds since 1970.
 */
export function timeOf(parameters: Parameters, name: string, unset: bigint): bigint {
  const text = parameters.get(name);
  if (text === "") return unset;
  const time = parseTime(text);
  if (time !== undefined && time >= -GREATEST_NS && time <= GREATEST_NS) return time;
  throw badParameter(name, `got ${JSON.stringify(text)}, want nanoseconds, seconds or RFC 3339`);
}

function parseTime(text: string): bigint | undefined {
  if (INTEGER.test(text)) return BigInt(text) * (text.length <= DIGITS_OF_SECONDS ? SECOND_NS : 1n);
  if (DECIMAL.test(text)) return nanosOf(Number(text));
  const [, toSecond = "", fraction = "", zone = ""] = RFC_3339.exec(text) ?? [];
  const ms = Date.parse(`${toSecond}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Through milliseconds, since a double does not know the nanoseconds of our days. */
function nanosOf(seconds: number): bigint | undefined {
  const ms = Math.round(seconds * 1000);
  return Number.isSafeInteger(ms) ? BigInt(ms) * 1_000_000n : undefined;
}

/** From when to when a request asks. */
export interface Range {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

/** `start` and `end`, or `since` before the end; the last hour where nothing is said. */
export function rangeOf(parameters: Parameters, nowMs: number, since = HOUR_NS): Range {
  const now = BigInt(nowMs) * 1_000_000n;
  const endUnixNano = timeOf(parameters, "end", now);
  // An end in the future does not move the start there.
  const before = endUnixNano < now ? endUnixNano : now;
  const unset = before - durationOf(parameters, "since", since);
  const startUnixNano = timeOf(parameters, "start", unset < -GREATEST_NS ? -GREATEST_NS : unset);
  if (endUnixNano < startUnixNano) throw invalid("end timestamp must not be before or equal to start time");
  return { startUnixNano, endUnixNano };
}

/** A duration as Loki reads it: seconds with a fraction, or `1h30m`. Nanoseconds. */
export function durationOf(parameters: Parameters, name: string, unset: bigint): bigint {
  const text = parameters.get(name);
  if (text === "") return unset;
  if (/^[+-]?\d+$/.test(text) || DECIMAL.test(text)) {
    const nanos = nanosOf(Number(text));
    if (nanos !== undefined && nanos <= GREATEST_NS) return nanos;
  }
  const nanos = parsePrometheusDuration(text);
  if (nanos !== undefined) return BigInt(Math.round(nanos));
  throw badParameter(name, `got ${JSON.stringify(text)}, want seconds or a duration such as 1m30s`);
}

/** The time between two points; of a range that says nothing a 250th, and a second at least. */
export function stepOf(parameters: Parameters, { startUnixNano, endUnixNano }: Range): bigint {
  const seconds = (endUnixNano - startUnixNano) / SECOND_NS / 250n;
  const step = durationOf(parameters, "step", (seconds > 1n ? seconds : 1n) * SECOND_NS);
  if (step > 0n) return step;
  throw invalid("zero or negative query resolution step widths are not accepted. Try a positive integer");
}

/** How many of something, where nobody says it. */
export const DEFAULT_LIMIT = 100;
/** Loki's `max_entries_limit_per_query`, which Grafana knows. */
export const MAX_LIMIT = 5000;

/** How many lines at most. */
export function limitOf(parameters: Parameters, name = "limit"): number {
  const limit = countOf(parameters, name, DEFAULT_LIMIT);
  if (limit === 0) throw invalid(`${name} must be a positive value`);
  if (limit <= MAX_LIMIT) return limit;
  throw invalid(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${MAX_LIMIT})`);
}

/** A number that is not negative. */
export function countOf(parameters: Parameters, name: string, unset: number): number {
  const text = parameters.get(name);
  if (text === "") return unset;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) throw invalid(`${name} must be a positive value`);
  throw badParameter(name, `got ${JSON.stringify(text)}, want a whole number`);
}

/** Whether the oldest lines are wanted first. */
export function isForward(parameters: Parameters): boolean {
  const text = parameters.get("direction").toLowerCase();
  if (text !== "" && text !== "backward" && text !== "forward") throw invalid(`invalid direction '${text}'`);
  return text === "forward";
}

function badParameter(name: string, problem: string): Error {
  return invalid(`could not parse '${name}' parameter: ${problem}`);
}
