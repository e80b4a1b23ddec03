import { parseDuration } from "../promql/durations.ts";

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
