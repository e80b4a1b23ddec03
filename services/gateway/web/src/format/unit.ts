import { formatBytes, formatCompact, formatNanos, formatPercent } from "./number.ts";

/** Writes one value of a metric. */
export type ValueFormat = (value: number) => string;

const secondsOfUnit: Readonly<Record<string, number>> = {
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
  min: 60,
  h: 3600,
};

/**
 * How to write values of a metric by its unit (UCUM) or, where it has none, by the ending of its name (Prometheus'
 * conventions). A rate says "per second".
 */
export function formatOfMetric(name: string, unit: string, isRate = false): ValueFormat {
  const base = formatOfUnit(unit) ?? formatOfName(name);
  return isRate ? (value) => `${base(value)}/s` : base;
}

/** Whether a metric counts bytes. */
export function isBytesMetric(name: string, unit: string): boolean {
  return unit === "By" || unit === "bytes" || unit === "By/s" || (unit === "" && formatOfName(name) === formatBytes);
}

function formatOfUnit(unit: string): ValueFormat | undefined {
  if (unit === "By" || unit === "bytes") return formatBytes;
  if (unit === "By/s") return (value) => `${formatBytes(value)}/s`;
  if (unit === "%" || unit === "percent") return formatPercent;
  const seconds = secondsOfUnit[unit];
  if (seconds !== undefined) return (value) => formatNanos(value * seconds * 1e9);
  return undefined;
}

function formatOfName(name: string): ValueFormat {
  const stem = name.replace(/_(total|sum|bucket|max|min|count)$/, "");
  if (stem.endsWith("_bytes")) return formatBytes;
  if (stem.endsWith("_percent")) return formatPercent;
  if (stem.endsWith("_seconds") && !name.endsWith("_count") && !name.endsWith("_bucket")) {
    return (value) => formatNanos(value * 1e9);
  }
  return formatCompact;
}
