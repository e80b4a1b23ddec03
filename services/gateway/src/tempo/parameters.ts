import { invalid } from "@sightline/errors/app-error";
import type { TimeRange } from "@sightline/proto/sightline/query/v1/query_service";
import { parseDuration } from "@sightline/query/traceql/duration";
import type { Parameters } from "../http/request-parameters.ts";

const SECOND_NS = 1_000_000_000n;
const HOUR_S = 3600;
const MAX_UINT32 = 2 ** 32 - 1;

/** A number that is not negative and fits into 32 bits. */
export function countOf(parameters: Parameters, name: string, unset: number): number {
  const text = parameters.get(name);
  if (text === "") return unset;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= MAX_UINT32) return count;
  throw invalid(`invalid ${name}: got ${JSON.stringify(text)}, want a whole number`);
}

/** `start` and `end`, seconds since the Unix epoch; 0 where they are not said. */
export function secondsOf(parameters: Parameters): { readonly start: number; readonly end: number } {
  return { start: countOf(parameters, "start", 0), end: countOf(parameters, "end", 0) };
}

/** The time that a search looks at: up to now and from an hour before the end, where nothing else is said. */
export function rangeOf({ start, end }: { start: number; end: number }, nowMs: number): TimeRange {
  assertOrder(start, end);
  const until = end === 0 ? Math.ceil(nowMs / 1000) : end;
  const from = start === 0 ? Math.max(until - HOUR_S, 0) : start;
  assertOrder(from, until);
  return { startUnixNano: BigInt(from) * SECOND_NS, endUnixNano: BigInt(until) * SECOND_NS };
}

/** The time that a trace is looked for in; undefined for any. */
export function traceRangeOf(parameters: Parameters, nowMs: number): TimeRange | undefined {
  return rangeOfTrace(secondsOf(parameters), nowMs);
}

/** The same of seconds, 0 where they are not said. */
export function rangeOfTrace({ start, end }: { start: number; end: number }, nowMs: number): TimeRange | undefined {
  if (start === 0 && end === 0) return undefined;
  // What begins at 0 would begin an hour before the end.
  return rangeOf({ start: Math.max(start, 1), end }, nowMs);
}

function assertOrder(start: number, end: number): void {
  if (end === 0 || start < end) return;
  throw invalid(`http parameter start must be before end. received start=${start} end=${end}`);
}

/** A duration such as 100ms, in milliseconds; 0 where it is not said. */
export function millisecondsOf(parameters: Parameters, name: string): number {
  const text = parameters.get(name);
  if (text === "") return 0;
  const nanos = parseDuration(text);
  if (nanos === undefined) throw invalid(`invalid ${name}: got ${JSON.stringify(text)}, want a duration such as 100ms`);
  return Math.min(Number(nanos / 1_000_000n), MAX_UINT32);
}
