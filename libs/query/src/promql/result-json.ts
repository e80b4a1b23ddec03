import { formatFloat } from "@sightline/gotext/format-float";
import { allBuckets, type Bucket, type Histogram } from "./histogram/histogram.ts";
import type { Labels } from "./labels.ts";
import type { ResultSample, ResultSeries, ResultValue } from "./result.ts";

/** A histogram as it is written. */
export interface WrittenHistogram {
  readonly count: number;
  readonly sum: number;
  /** Upwards, those that are not empty. */
  readonly buckets: readonly Bucket[];
}

export function writtenHistogram(histogram: Histogram): WrittenHistogram {
  const { count, sum } = histogram;
  return { count, sum, buckets: allBuckets(histogram).filter((bucket) => bucket.count !== 0) };
}

/** A value as Prometheus writes it: `12`, `0.5`, `1e-07`, `1e+21`, `NaN`, `+Inf` (util/jsonutil). */
export function valueText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  // JavaScript has the same bounds, but exponents of one digit.
  if (Number.isFinite(value)) return Math.abs(value) < 1e-6 ? formatFloat(value, "e", -1) : String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** A value at a time: `[1435781451.781,"1"]`. */
export function pointJson(unixMs: number, value: number): string {
  return `[${unixMs / 1000},"${valueText(value)}"]`;
}

/** A histogram at a time. */
export function histogramJson(unixMs: number, { count, sum, buckets }: WrittenHistogram): string {
  const items = buckets.map(
    (bucket) =>
      `[${boundaryRule(bucket)},"${valueText(bucket.lower)}","${valueText(bucket.upper)}","${valueText(bucket.count)}"]`,
  );
  const list = items.length === 0 ? "" : `,"buckets":[${items.join(",")}]`;
  return `[${unixMs / 1000},{"count":"${valueText(count)}","sum":"${valueText(sum)}"${list}}]`;
}

/** Which ends belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function boundaryRule({ lowerInclusive, upperInclusive }: Bucket): number {
  if (lowerInclusive) return upperInclusive ? 3 : 1;
  return upperInclusive ? 0 : 2;
}

/**
 * What a query comes to, as Prometheus' HTTP API writes it (`data` of docs/querying/api.md), piece by piece.
 *
 * @param limit how many series are written; 0 for all
 */
export function* resultJson(value: ResultValue, limit: number): Generator<string> {
  const first = <T>(all: readonly T[]) => (limit > 0 ? all.slice(0, limit) : all);
  switch (value.kind) {
    case "matrix":
      yield* matrixJson(first(value.series));
      break;
    case "vector":
      yield* vectorJson(first(value.samples));
      break;
    case "scalar":
      yield `{"resultType":"scalar","result":${pointJson(value.ms, value.value)}}`;
      break;
    case "string":
      yield `{"resultType":"string","result":[${value.ms / 1000},${JSON.stringify(value.text)}]}`;
  }
}

function* matrixJson(series: readonly ResultSeries[]): Generator<string> {
  yield '{"resultType":"matrix","result":[';
  const labels = createLabelsJson();
  let separator = "";
  for (const one of series) {
    yield separator;
    yield* seriesJson(one, labels);
    separator = ",";
  }
  yield "]}";
}

function* vectorJson(samples: readonly ResultSample[]): Generator<string> {
  yield '{"resultType":"vector","result":[';
  const labels = createLabelsJson();
  let separator = "";
  for (const sample of samples) {
    yield separator + sampleJson(sample, labels);
    separator = ",";
  }
  yield "]}";
}

/** A label as it was written last. */
interface WrittenLabel {
  readonly key: string;
  value: string;
  json: string;
}

/** Labels as an object. The series of an answer have mostly the same names, and many of them the values of the one before. */
function createLabelsJson(): (labels: Labels) => string {
  const written = new Map<string, WrittenLabel>();
  const labelJson = (name: string, value: string): string => {
    const known = written.get(name);
    if (known === undefined) {
      const key = `${JSON.stringify(name)}:`;
      const json = key + JSON.stringify(value);
      written.set(name, { key, value, json });
      return json;
    }
    if (known.value !== value) {
      known.value = value;
      known.json = known.key + JSON.stringify(value);
    }
    return known.json;
  };
  return (labels) => {
    let json = "{";
    let separator = "";
    for (const { name, value } of labels) {
      json += separator + labelJson(name, value);
      separator = ",";
    }
    return `${json}}`;
  };
}

/** How many characters a piece has before the next one begins: a series may have more points than go into one text. */
const charactersOfPiece = 65_536;

function* seriesJson(
  { labels, floats, histograms }: ResultSeries,
  labelsJson: (labels: Labels) => string,
): Generator<string> {
  let json = `{"metric":${labelsJson(labels)}`;
  const { times, values } = floats;
  for (let at = 0; at < times.length; at++) {
    json += (at === 0 ? ',"values":[' : ",") + pointJson(times[at] ?? 0, values[at] ?? 0);
    if (json.length < charactersOfPiece) continue;
    yield json;
    json = "";
  }
  if (times.length > 0) json += "]";
  let separator = ',"histograms":[';
  for (const { ms, value } of histograms) {
    json += separator + histogramJson(ms, writtenHistogram(value));
    separator = ",";
    if (json.length < charactersOfPiece) continue;
    yield json;
    json = "";
  }
  if (histograms.length > 0) json += "]";
  yield `${json}}`;
}

function sampleJson({ labels, ms, value }: ResultSample, labelsJson: (labels: Labels) => string): string {
  const point =
    typeof value === "number"
      ? `"value":${pointJson(ms, value)}`
      : `"histogram":${histogramJson(ms, writtenHistogram(value))}`;
  return `{"metric":${labelsJson(labels)},${point}}`;
}
