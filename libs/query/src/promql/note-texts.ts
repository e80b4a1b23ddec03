import { formatShort } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";

/** The texts of annotations, as upstream has them in `util/annotations`. */

const named = (text: string, metric: string) => (metric === "" ? text : `${text} for metric name ${quote(metric)}`);

export const invalidQuantile = (quantile: number) =>
  `quantile value should be between 0 and 1, got ${formatShort(quantile)}`;

export const invalidRatio = (ratio: number, cap: number) =>
  `ratio value should be between -1 and 1, got ${formatShort(ratio)}, capping to ${cap}`;

export const badBucketLabel = (metric: string, label: string) =>
  named(`bucket label "le" is missing or has a malformed value of ${quote(label)}`, metric);

export const mixedFloatsAndHistograms = (metric: string) =>
  `encountered a mix of histograms and floats for metric name ${quote(metric)}`;

export const mixedInAggregation = "encountered a mix of histograms and floats for aggregation";

export const mixedClassicAndNative = (metric: string) =>
  named("vector contains a mix of classic and native histograms", metric);

export const notACounter = (metric: string) => `this native histogram metric is not a counter: ${quote(metric)}`;

export const notAGauge = (metric: string) => `this native histogram metric is not a gauge: ${quote(metric)}`;

export const overlappingStarts = (metric: string) => named("start times of samples overlap", metric);

export const mixedSchemas = (metric: string) =>
  `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(metric)}`;

export const incompatibleLayouts = (operator: string) =>
  `incompatible bucket layout encountered for binary operator ${operator}`;

export const conflictingResets = (operation: "addition" | "subtraction" | "aggregation") =>
  `conflicting counter resets during histogram ${operation}`;

export const boundsReconciled = (operation: "addition" | "subtraction" | "aggregation") =>
  `mismatched custom buckets were reconciled during ${operation}`;

export const sortIsIneffective = "sort is ineffective for range queries since results are always ordered by labels";

export const possibleNonCounter = (metric: string) =>
  `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metric)}`;

export const possibleNonCounterType = (metric: string, type: string) =>
  `metric might not be a counter, __type__ label is not set to "counter" or "histogram", got ${quote(type)}: ${quote(metric)}`;

export const forcedMonotonicity = (metric: string) =>
  named(
    "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
    metric,
  );

export const incompatibleTypes = (left: string, operator: string, right: string) =>
  `incompatible sample types encountered for binary operator ${quote(operator)}: ${left} ${operator} ${right}`;

export const ignoredInAggregation = (aggregation: string) => `ignored histogram in ${aggregation} aggregation`;

export const ignoredInMixedRange = (metric: string) =>
  `ignored histograms in a range containing both floats and histograms for metric name ${quote(metric)}`;

export const quantileOfNans = (metric: string) =>
  named("input to histogram_quantile has NaN observations, result is NaN", metric);

export const quantileSkewedByNans = (metric: string) =>
  named("input to histogram_quantile has NaN observations, result is skewed higher", metric);

export const fractionOfNans = (metric: string) =>
  named("input to histogram_fraction has NaN observations, which are excluded from all fractions", metric);
