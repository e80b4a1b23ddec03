/** What of a stored metric a series of Prometheus' kind is. */
export type MetricPart = "own" | "bucket" | "count" | "sum";

/** A stored metric and what of it is asked for. */
export interface NamedPart {
  readonly metric: string;
  readonly part: MetricPart;
  /** The name that it has in queries. */
  readonly name: string;
  /** The label that tells its series apart, where they have one besides what is stored. */
  readonly label?: "le" | "quantile";
}

type NamedSuffix = readonly [suffix: string, part: MetricPart, label?: "le" | "quantile"];

/**
 * What people ask for by other names than the metric's own: an explicit histogram's classic series, a summary's sums. A
 * histogram has its own name too, under which it is a native one.
 */
const PARTS: Readonly<Record<string, readonly NamedSuffix[]>> = {
  histogram: [
    ["", "own"],
    ["_bucket", "bucket", "le"],
    ["_count", "count"],
    ["_sum", "sum"],
  ],
  summary: [
    ["", "own", "quantile"],
    ["_count", "count"],
    ["_sum", "sum"],
  ],
};
const PLAIN: readonly NamedSuffix[] = [["", "own"]];
const SUFFIXES = ["_bucket", "_count", "_sum"];

/** The stored metrics that may have a series of that name. */
export function metricsBehind(name: string): string[] {
  const bases = SUFFIXES.filter((suffix) => name.endsWith(suffix) && name.length > suffix.length);
  return [name, ...bases.map((suffix) => name.slice(0, -suffix.length))];
}

/** The names under which a stored metric's series are asked for. */
export function partsOf(metric: string, types: readonly string[]): NamedPart[] {
  const parts = types.flatMap((type) => PARTS[type] ?? PLAIN);
  const unique = new Map(parts.map((named) => [named[0], named]));
  return Array.from(unique.values(), ([suffix, part, label]) => ({
    metric,
    part,
    name: metric + suffix,
    ...(label === undefined ? {} : { label }),
  }));
}
