import { parseDuration } from "../../promql/durations.ts";
import { quote } from "../../text/quote.ts";

const goUnits: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/** The largest duration there is in Go, some 292 years, in nanoseconds. */
const maxDurationNs = 2 ** 63;

/**
 * Nanoseconds of a duration as Go writes them (`time.ParseDuration`): `1h30m`, `-1.5s`, `3µs`, `0`. What cannot be read comes back as Go's
 * message about it.
 */
export function parseGoDuration(text: string): { readonly ns: number } | { readonly problem: string } {
  let at = text[0] === "-" || text[0] === "+" ? 1 : 0;
  if (text.slice(at) === "0") return { ns: 0 };
  if (at === text.length) return { problem: `time: invalid duration ${quote(text)}` };
  let total = 0;
  while (at < text.length) {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(text.slice(at))?.[0];
    if (number === undefined) return { problem: `time: invalid duration ${quote(text)}` };
    at += number.length;
    const unit = /^[^.\d]*/.exec(text.slice(at))?.[0] ?? "";
    if (unit === "") return { problem: `time: missing unit in duration ${quote(text)}` };
    const size = goUnits.get(unit);
    if (size === undefined) return { problem: `time: unknown unit ${quote(unit)} in duration ${quote(text)}` };
    at += unit.length;
    total += Math.trunc(Number(number) * size);
  }
  if (total >= maxDurationNs) return { problem: `time: invalid duration ${quote(text)}` };
  return { ns: text[0] === "-" ? -total : total };
}

const prometheusUnits = [
  ["y", 365 * 86_400e9],
  ["w", 7 * 86_400e9],
  ["d", 86_400e9],
  ["h", 3600e9],
  ["m", 60e9],
  ["s", 1e9],
  ["ms", 1e6],
] as const;

/** Nanoseconds of a duration as Prometheus writes them (`1w2d`, `5m`, `0`), or undefined. */
export function parsePrometheusDuration(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === null ? undefined : ms * 1e6;
}

/** A duration as Prometheus writes it, if it has whole milliseconds and is not negative, else as Go does. */
export function formatDuration(ns: number): string {
  if (ns < 0) return `-${formatDuration(-ns)}`;
  if (ns === 0) return "0s";
  if (ns % 1e6 !== 0) return formatFraction(ns);
  let rest = ns;
  let text = "";
  for (const [unit, size] of prometheusUnits) {
    // Weeks and years only where nothing else is left, as in Prometheus: eight days are 8d.
    if ((unit === "y" || unit === "w") && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

function formatFraction(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const rest = ns - seconds * 1e9;
  return `${seconds > 0 ? formatDuration(seconds * 1e9) : ""}${rest}ns`;
}

/** A duration as Go writes it: `1h30m0s`, `1.5s`, `2µs`. */
export function formatGoDuration(ns: number): string {
  if (ns === 0) return "0s";
  if (ns < 0) return `-${formatGoDuration(-ns)}`;
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${ns / 1e3}µs`;
  if (ns < 1e9) return `${ns / 1e6}ms`;
  const hours = Math.floor(ns / 3600e9);
  const minutes = Math.floor((ns - hours * 3600e9) / 60e9);
  const seconds = (ns - hours * 3600e9 - minutes * 60e9) / 1e9;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
