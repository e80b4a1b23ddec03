import { invalid } from "@sightline/errors/app-error";
import type { Duration } from "./ast.ts";

const units: Readonly<Record<string, { readonly rank: number; readonly ms: number }>> = {
  y: { rank: 1, ms: 365 * 86_400_000 },
  w: { rank: 2, ms: 7 * 86_400_000 },
  d: { rank: 3, ms: 86_400_000 },
  h: { rank: 4, ms: 3_600_000 },
  m: { rank: 5, ms: 60_000 },
  s: { rank: 6, ms: 1_000 },
  ms: { rank: 7, ms: 1 },
};

/** The longest duration there is: 2^63 nanoseconds, about 292 years. */
export const maxDurationSeconds = 2 ** 63 / 1e9;

/** The milliseconds of a text such as `1h30m`; null when it is none: its units have to go from the longest to the shortest. */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return null;
  let ms = 0;
  let rank = 0;
  for (const [, count = "", name = ""] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    const unit = units[name];
    if (unit === undefined || unit.rank <= rank) return null;
    rank = unit.rank;
    ms += Number(count) * unit.ms;
  }
  return ms / 1000 >= maxDurationSeconds ? null : ms;
}

const written = [
  { name: "y", ms: 365 * 86_400_000, exact: true },
  { name: "w", ms: 7 * 86_400_000, exact: true },
  { name: "d", ms: 86_400_000, exact: true },
  { name: "h", ms: 3_600_000, exact: false },
  { name: "m", ms: 60_000, exact: false },
  { name: "s", ms: 1_000, exact: false },
  { name: "ms", ms: 1, exact: false },
];

/** The duration as Prometheus prints it: `1h30m`, `90d`. Years, weeks and days only where nothing is left beside them. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  let left = Math.abs(ms);
  let text = "";
  for (const unit of written) {
    const count = Math.floor(left / unit.ms);
    if (count === 0 || (unit.exact && left % unit.ms !== 0)) continue;
    text += `${count}${unit.name}`;
    left -= count * unit.ms;
  }
  return ms < 0 ? `-${text}` : text;
}

/** What durations may know of the query: its step (0 for an instant query) and the time from its start to its end. */
export interface QueryTimes {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** A duration in milliseconds. Throws invalid_argument where it cannot be: a division by zero, or one that is too long. */
export function durationMs(duration: Duration, times: QueryTimes): number {
  const seconds = secondsOf(duration, times);
  if (Number.isNaN(seconds) || Math.abs(seconds) >= maxDurationSeconds) {
    throw problemOf(duration, "duration is out of range");
  }
  return Math.round(seconds * 1000);
}

/** As `durationMs`, for a range or a step, which have to be longer than nothing. */
export function positiveDurationMs(duration: Duration, times: QueryTimes): number {
  const ms = durationMs(duration, times);
  if (ms <= 0) throw problemOf(duration, "duration must be greater than 0");
  return ms;
}

function problemOf({ span }: Duration, problem: string) {
  return invalid(`${span.start}:${span.end}: ${problem}`);
}

function secondsOf(duration: Duration, times: QueryTimes): number {
  switch (duration.kind) {
    case "seconds":
      return duration.seconds;
    case "query":
      return (duration.of === "step" ? times.stepMs : times.rangeMs) / 1000;
    case "negation":
      return -secondsOf(duration.operand, times);
    case "operation":
      return operate(duration, secondsOf(duration.left, times), secondsOf(duration.right, times));
  }
}

function operate(duration: Extract<Duration, { kind: "operation" }>, left: number, right: number): number {
  switch (duration.operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) throw problemOf(duration, "division by zero");
      return left / right;
    case "%":
      if (right === 0) throw problemOf(duration, "modulo by zero");
      return left % right;
    case "^":
      return left ** right;
    case "min":
      return Math.min(left, right);
    case "max":
      return Math.max(left, right);
  }
}
