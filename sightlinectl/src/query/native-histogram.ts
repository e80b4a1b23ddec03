import { z } from "zod";

/** A native histogram as Prometheus' API has it: a bucket is how it is bounded, from where, to where, and how many. */
export const nativeHistogramForm = z.object({
  count: z.string(),
  sum: z.string(),
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional(),
});
type NativeHistogram = z.infer<typeof nativeHistogramForm>;

/** Which ends belong to a bucket, by the number that says so (docs/querying/api.md, "Native histograms"). */
const BRACKETS: readonly (readonly [left: string, right: string])[] = [
  ["(", "]"],
  ["[", ")"],
  ["(", ")"],
  ["[", "]"],
];

/** A histogram in the notation of Prometheus: `{count:4, sum:3, [-Inf,0.5]:1, (0.5,1]:3}`. */
export function nativeHistogramText({ count, sum, buckets = [] }: NativeHistogram): string {
  const texts = buckets.map(([bounds, from, to, inside]) => {
    const [left, right] = BRACKETS[bounds] ?? ["(", ")"];
    return `${left}${from},${to}${right}:${inside}`;
  });
  return `{${[`count:${count}`, `sum:${sum}`, ...texts].join(", ")}}`;
}
