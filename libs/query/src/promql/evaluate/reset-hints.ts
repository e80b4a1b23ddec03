import { type Expression, partsOf } from "../ast.ts";
import { isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import type { SampledSeries } from "../samples.ts";

const needsCounts = new Set(["histogram_count", "histogram_sum", "histogram_avg"]);
const needsBuckets = new Set(["histogram_quantile", "histogram_quantiles", "histogram_fraction"]);

/**
 * The selectors of whose histograms only counts and sums are wanted. Prometheus leaves their buckets out, and finds out about resets
 * beforehand therefore, which it tells of where they are put together; so do we.
 */
export function countingSelectors(expression: Expression): ReadonlySet<Expression> {
  const found = new Set<Expression>();
  const visit = (node: Expression, isCounting: boolean, isFixed: boolean): void => {
    if (node.kind === "vector-selector" && isCounting) found.add(node);
    const isCall = node.kind === "call" && !isFixed;
    const fixed = isFixed || node.kind === "subquery" || (isCall && needsBuckets.has(node.name));
    const counting = fixed ? false : isCounting || (isCall && needsCounts.has(node.name));
    for (const part of partsOf(node)) visit(part, counting, fixed);
  };
  visit(expression, false, false);
  return found;
}

/** The series with what can be known of resets said of each histogram. */
export function withKnownResets(series: SampledSeries): SampledSeries {
  if (series.histograms === null) return series;
  let before: Histogram | null = null;
  const histograms = series.histograms.map((histogram) => {
    const previous = before;
    if (histogram === null) return null;
    before = histogram;
    if (histogram.hint !== "unknown" || previous === null) return histogram;
    return { ...histogram, hint: isReset(histogram, previous) ? ("reset" as const) : ("not_reset" as const) };
  });
  return { ...series, histograms };
}
