/** What of a stored metric a series of Prometheus' kind is. */
export type MetricPart = "own" | "bucket" | "count" | "sum";

/** A stored metric and what of it is asked for. */
export interface NamedPart {
  readonly metric: string;
  readonly part: MetricPart;
  /** The name that it has in queries. */
  readonly name: string;
}

/**
 * What people ask for by other names than the metric's own: an explicit histogram's classic series, a summary's sums. A
 * histogram has its own name too, under which it is a native one.
 */
const PARTS: Readonly<Record<string, readonly (readonly [suffix: string, part: MetricPart])[]>> = {
  histogram: [
    ["", "own"],
    ["_bucket", "bucket"],
    ["_count", "count"],
    ["_sum", "sum"],
  ],
  summary: [
    ["", "own"],
    ["_count", "count"],
    ["_sum", "sum"],
  ],
};
const PLAIN = [["", "own"]] as const;
const SUFFIXES = ["_bucket", "_count", "_sum"];

/** The stored metrics that may have a series of that name. */
export function metricsBehind(name: string): string[] {
  const bases = SUFFIXES.filter((suffix) => name.endsWith(suffix) && name.length > suffix.length);
  return [name, ...bases.map((suffix) => name.slice(0, -suffix.length))];
}

/** The names under which a stored metric's series are asked for. */
export function partsOf(metric: string, types: readonly string[]): NamedPart[] {
  const parts = types.flatMap((type) => PARTS[type] ?? PLAIN);
  const unique = new Map(parts.map(([suffix, part]) => [suffix, part]));
  return Array.from(unique, ([suffix, part]) => ({ metric, part, name: metric + suffix }));
}
