import { quoteTime } from "./quote.ts";

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
  if (at === text.length) return { problem: `time: invalid duration ${quoteTime(text)}` };
  let total = 0;
  while (at < text.length) {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(text.slice(at))?.[0];
    if (number === undefined) return { problem: `time: invalid duration ${quoteTime(text)}` };
    at += number.length;
    const unit = /^[^.\d]*/.exec(text.slice(at))?.[0] ?? "";
    if (unit === "") return { problem: `time: missing unit in duration ${quoteTime(text)}` };
    const size = goUnits.get(unit);
    if (size === undefined) return { problem: `time: unknown unit ${quoteTime(unit)} in duration ${quoteTime(text)}` };
    at += unit.length;
    total += Math.trunc(Number(number) * size);
  }
  if (total >= maxDurationNs) return { problem: `time: invalid duration ${quoteTime(text)}` };
  return { ns: text[0] === "-" ? -total : total };
}

const second = 1_000_000_000n;

/** Nanoseconds as Go writes a duration (`time.Duration.String`): `1h30m0s`, `1.5s`, `2µs`. */
export function formatGoDuration(ns: bigint | number): string {
  if (typeof ns === "number") return formatGoDuration(BigInt(Math.round(ns)));
  if (ns < 0n) return `-${formatGoDuration(-ns)}`;
  if (ns === 0n) return "0s";
  if (ns < 1000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${fraction(ns, 3)}µs`;
  if (ns < second) return `${fraction(ns, 6)}ms`;
  const hours = ns / (3600n * second);
  const minutes = (ns / (60n * second)) % 60n;
  const seconds = `${fraction(ns % (60n * second), 9)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** A number of units of 10^-places, without zeros at its end. */
function fraction(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const behind = digits.slice(-places).replace(/0+$/, "");
  return digits.slice(0, -places) + (behind === "" ? "" : `.${behind}`);
}
