import type { PromqlHistogram, PromqlSeries } from "@sightline/proto/sightline/query/v1/promql_service";

/** A value as Prometheus writes it: `12`, `0.5`, `1e-7`, `NaN`, `+Inf`. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Names and values by turns as an object of JSON. */
export function labelsJson(labels: readonly string[]): string {
  let json = "{";
  for (let at = 0; at < labels.length; at += 2) {
    json += `${at === 0 ? "" : ","}${JSON.stringify(labels[at])}:${JSON.stringify(labels[at + 1])}`;
  }
  return `${json}}`;
}

/** A value at a time: `[1435781451.781,"1"]`. */
export function pointJson(unixMs: number, value: number): string {
  return `[${unixMs / 1000},"${valueText(value)}"]`;
}

/** A series over time, an item of a matrix. */
export function matrixJson({ labels, unixMs, values, histograms }: PromqlSeries): string {
  let json = `{"metric":${labelsJson(labels)}`;
  if (values.length > 0) {
    json += ',"values":[';
    for (let at = 0; at < values.length; at++) {
      json += at === 0 ? "" : ",";
      json += pointJson(unixMs[at] ?? 0, values[at] ?? 0);
    }
    json += "]";
  }
  if (histograms.length > 0) json += `,"histograms":[${histograms.map(histogramJson).join(",")}]`;
  return `${json}}`;
}

/** A series at one time, an item of a vector. */
export function sampleJson({ labels, unixMs, values, histograms }: PromqlSeries): string {
  const [histogram] = histograms;
  const value =
    histogram === undefined
      ? `"value":${pointJson(unixMs[0] ?? 0, values[0] ?? 0)}`
      : `"histogram":${histogramJson(histogram)}`;
  return `{"metric":${labelsJson(labels)},${value}}`;
}

function histogramJson({ unixMs, count, sum, buckets }: PromqlHistogram): string {
  const items = buckets.map(
    (bucket) =>
      `[${boundaryRule(bucket)},"${valueText(bucket.lower)}","${valueText(bucket.upper)}","${valueText(bucket.count)}"]`,
  );
  const list = items.length === 0 ? "" : `,"buckets":[${items.join(",")}]`;
  return `[${unixMs / 1000},{"count":"${valueText(count)}","sum":"${valueText(sum)}"${list}}]`;
}

/** Which ends belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function boundaryRule({
  lowerInclusive,
  upperInclusive,
}: {
  lowerInclusive: boolean;
  upperInclusive: boolean;
}): number {
  if (lowerInclusive) return upperInclusive ? 3 : 1;
  return upperInclusive ? 0 : 2;
}
