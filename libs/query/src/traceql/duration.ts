const MS = 1_000_000n;
const SECOND = 1000n * MS;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const MAX_DURATION = (1n << 63n) - 1n;

/** As Prometheus writes durations: whole numbers, from the longest unit to the shortest. */
const prometheus = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const prometheusUnits = [365n * DAY, 7n * DAY, DAY, HOUR, MINUTE, SECOND, MS] as const;

/** As Go writes them: with decimals, in any order. */
const goPart = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
const goUnits: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1000n],
  ["µs", 1000n],
  ["μs", 1000n],
  ["ms", MS],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
]);

/** The nanoseconds of `1h30m`, `1.5s`, `2d` or `100µs`; undefined for what is none, and from 2^63 on. */
export function parseDuration(text: string): bigint | undefined {
  const nanos = prometheusDuration(text) ?? goDuration(text);
  return nanos === undefined || nanos > MAX_DURATION ? undefined : nanos;
}

function prometheusDuration(text: string): bigint | undefined {
  const parts = prometheus.exec(text);
  if (parts === null || text === "") return undefined;
  return prometheusUnits.reduce((sum, unit, at) => sum + BigInt(parts[at + 1] ?? 0) * unit, 0n);
}

function goDuration(text: string): bigint | undefined {
  let nanos = 0n;
  let at = 0;
  while (at < text.length) {
    goPart.lastIndex = at;
    const part = goPart.exec(text);
    const [whole, integer = "", fraction = "", unit = ""] = part ?? [];
    const size = goUnits.get(unit);
    if (whole === undefined || size === undefined || integer + fraction === "") return undefined;
    nanos += BigInt(integer || 0) * size + (BigInt(fraction || 0) * size) / 10n ** BigInt(fraction.length);
    at += whole.length;
  }
  return text === "" ? undefined : nanos;
}

const printed = [
  ["h", HOUR],
  ["m", MINUTE],
  ["s", SECOND],
  ["ms", MS],
  ["us", 1000n],
] as const;

/** A duration in the longest unit that holds it without a remainder. */
export function formatDuration(nanos: bigint): string {
  const [name, unit] = printed.find(([, size]) => nanos !== 0n && nanos % size === 0n) ?? (["ns", 1n] as const);
  return nanos === 0n ? "0s" : `${nanos / unit}${name}`;
}

/** A duration as Go writes it, which is how Tempo's answers have them: `1.5s`, `2m0s`, `1h0m0.25s`, `100µs`. */
export function goDurationText(nanos: bigint): string {
  if (nanos < 0n) return `-${goDurationText(-nanos)}`;
  if (nanos < 1000n) return nanos === 0n ? "0s" : `${nanos}ns`;
  if (nanos < MS) return `${withFraction(nanos, 1000n)}µs`;
  if (nanos < SECOND) return `${withFraction(nanos, MS)}ms`;
  const seconds = `${withFraction(nanos % MINUTE, SECOND)}s`;
  if (nanos < MINUTE) return seconds;
  const minutes = `${(nanos % HOUR) / MINUTE}m${seconds}`;
  return nanos < HOUR ? minutes : `${nanos / HOUR}h${minutes}`;
}

function withFraction(nanos: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(nanos % unit)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return `${nanos / unit}${fraction === "" ? "" : `.${fraction}`}`;
}
