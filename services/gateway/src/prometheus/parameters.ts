import { invalid } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { parseDuration } from "@sightline/query/promql/durations";
import { readQuery } from "@sightline/query/promql/engine";
import { goFlag } from "../http/go-flag.ts";
import type { Parameters } from "../http/request-parameters.ts";

/** The largest time that milliseconds can say: what Prometheus takes for "ever". */
const MAX_MS = 8.64e15;

/** A time as Prometheus reads it: seconds since 1970 with a fraction, or RFC 3339. Milliseconds since 1970. */
export function timeOf(parameters: Parameters, name: string, unset?: number): number {
  const text = parameters.get(name);
  if (text === "" && unset !== undefined) return unset;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const ms = Math.round(Number(text) * 1000);
    if (Math.abs(ms) <= MAX_MS) return ms;
  }
  if (text === EARLIEST) return -MAX_MS;
  if (text === LATEST) return MAX_MS;
  if (RFC_3339.test(text)) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) return ms;
  }
  throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** How clients of Prometheus write that they want everything. */
const EARLIEST = "-292273086-05-16T16:47:06Z";
const LATEST = "+292277025-08-18T07:12:54.999999999Z";

/** As many nanoseconds as Go's durations can say. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/** A duration as Prometheus reads it: seconds with a fraction, or `1h30m`. Milliseconds. */
export function durationOf(parameters: Parameters, name: string): number {
  const text = parameters.get(name);
  const ms = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  const problem = `cannot parse ${JSON.stringify(text)} to a valid duration`;
  if (ms === null || Number.isNaN(ms)) throw badParameter(name, problem);
  if (Math.abs(ms) > MAX_DURATION_MS) throw badParameter(name, `${problem}. It overflows int64`);
  return ms;
}

/** A limit: 0 for none. */
export function limitOf(parameters: Parameters, name = "limit"): number {
  const text = parameters.get(name);
  if (text === "") return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) throw badParameter(name, "limit must be non-negative");
  throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a limit`);
}

/** Whether something is asked for, in any of the spellings that Go takes for true and false. */
export function flagOf(parameters: Parameters, name: string): boolean {
  const text = parameters.get(name);
  const flag = text === "" ? false : goFlag(text);
  if (flag === undefined) throw badParameter(name, `error converting ${name}: cannot parse ${JSON.stringify(text)}`);
  return flag;
}

/** The selectors of `match[]`. */
export function selectorsOf(parameters: Parameters): (readonly LabelMatcher[])[] {
  return parameters.all("match[]").map((text) => matchersOf(text, "match[]"));
}

/** The conditions of a selector such as `up{job="api"}`. */
export function matchersOf(text: string, name: string): readonly LabelMatcher[] {
  const { expression } = readQuery(text);
  if (expression.kind === "vector-selector") return expression.matchers;
  throw badParameter(name, `got ${JSON.stringify(text)}, want a series selector`);
}

/** The words of Prometheus. */
export function badParameter(name: string, problem: string): Error {
  return invalid(`invalid parameter ${JSON.stringify(name)}: ${problem}`);
}
