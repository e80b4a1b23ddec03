import { formatShort } from "@sightline/gotext/format-float";
import { allBuckets, type Bucket, type Histogram } from "./histogram.ts";

/** The histogram as Prometheus writes it, in answers of count_values for one: `{count:3, sum:2.5, (0.5,1]:2}`. */
export function formatHistogram(histogram: Histogram): string {
  const buckets = allBuckets(histogram).filter(({ count }) => count !== 0);
  const parts = [`count:${formatShort(histogram.count)}`, `sum:${formatShort(histogram.sum)}`];
  return `{${[...parts, ...buckets.map(formatBucket)].join(", ")}}`;
}

function formatBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const open = lowerInclusive ? "[" : "(";
  const close = upperInclusive ? "]" : ")";
  return `${open}${formatShort(lower)},${formatShort(upper)}${close}:${formatShort(count)}`;
}
