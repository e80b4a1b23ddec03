import { formatShort } from "@sightline/gotext/format-float";
import { parseDuration } from "./durations.ts";
import { add, subtract } from "./histogram/arithmetic.ts";
import { type Buckets, createHistogram, type Histogram, type ResetHint } from "./histogram/histogram.ts";
import type { Labels } from "./labels.ts";
import { labelsOf } from "./labels.ts";
import { parseNumber } from "./number-text.ts";
import { parseSelector } from "./parser.ts";

/** What a series has at a time in a test: a float, a histogram, the end of the series, or nothing. */
export type Point = number | Histogram | "stale" | null;

export interface SeriesLine {
  readonly labels: Labels;
  readonly points: readonly Point[];
  /** Whether the points say when the counters began rather than what they were: milliseconds relative to each sample. */
  readonly isStartTimes: boolean;
}

/** Reads a line such as `up{job="a"} 0+1x5 _ stale {{count:3 sum:2}}`. Throws when it is wrong. */
export function parseSeriesLine(line: string): SeriesLine {
  const { metric, rest } = splitMetric(line.trim());
  const isStartTimes = rest.startsWith("@st");
  const points = isStartTimes ? parseTimes(rest.slice(3)) : parsePoints(rest);
  return { labels: parseMetric(metric), points, isStartTimes };
}

/** Reads the points alone, such as `1 2 3`. */
export function parsePoints(text: string): readonly Point[] {
  return itemsOf(text).flatMap(parseItem);
}

function splitMetric(line: string): { metric: string; rest: string } {
  const brace = /^[A-Za-z_:][A-Za-z0-9_:]*|^/.exec(line)?.[0].length ?? 0;
  if (line[brace] !== "{" || line[brace + 1] === "{") return { metric: line.slice(0, brace), rest: line.slice(brace) };
  let quoted = "";
  for (let i = brace; i < line.length; i++) {
    const sign = line[i] ?? "";
    if (quoted === "" && /["'`]/.test(sign)) quoted = sign;
    else if (sign === quoted) quoted = "";
    else if (sign === "\\" && quoted !== "`" && quoted !== "") i++;
    else if (quoted === "" && sign === "}") return { metric: line.slice(0, i + 1), rest: line.slice(i + 1) };
  }
  throw new Error(`cannot read series: got no closing brace in ${line}`);
}

/** The labels that a metric such as `up{job="a"}` stands for. */
export function parseMetric(text: string): Labels {
  if (text === "" || text === "{}") return [];
  const { matchers } = parseSelector(text);
  return labelsOf(matchers.map(({ name, value }) => [name, value] as const));
}

/** The points of a line; histograms have spaces in them. */
function itemsOf(text: string): readonly string[] {
  return text.match(/(?:\{\{[^}]*\}\}|[^\s{])+/g) ?? [];
}

function parseItem(item: string): readonly Point[] {
  const blank = /^_(?:x(\d+))?$/.exec(item);
  if (blank !== null) return new Array<Point>(Number(blank[1] ?? 1)).fill(null);
  const stale = /^stale(?:x(\d+))?$/.exec(item);
  if (stale !== null) return new Array<Point>(stale[1] === undefined ? 1 : Number(stale[1]) + 1).fill("stale");
  const histogram = /^(\{\{.*?\}\})(?:([+-])(\{\{.*\}\}))?(?:x(\d+))?$/.exec(item);
  if (histogram !== null) return histogramsOf(histogram);
  const number = "[+-]?(?:\\d[\\d_]*\\.?\\d*(?:[eE][+-]?\\d+)?|\\.\\d+|[iI][nN][fF]|[nN][aA][nN])";
  const float = new RegExp(`^(${number})(?:([+-])(${number.replace("[+-]?", "")}))?(?:x(\\d+))?$`).exec(item);
  if (float === null) throw new Error(`cannot read points: got ${item}`);
  const [, start = "", sign, change = "0", times] = float;
  const by = (sign === "-" ? -1 : 1) * numberOf(change);
  const points: number[] = [];
  let value = numberOf(start);
  for (let i = 0; i <= Number(times ?? 0); i++) {
    points.push(value);
    if (sign !== undefined) value += by;
  }
  return points;
}

function numberOf(text: string): number {
  const number = parseNumber(text.replace(/^[+-]/, ""));
  if (number === null) throw new Error(`cannot read points: got ${text}, want a number`);
  return text.startsWith("-") ? -number : number;
}

function histogramsOf([, first = "", sign, change, times]: RegExpExecArray): readonly Histogram[] {
  const points = [parseHistogram(first)];
  const by = change === undefined ? null : parseHistogram(change);
  for (let i = 0; i < Number(times ?? 0); i++) {
    const last = points.at(-1) ?? createHistogram();
    if (by === null) points.push(last);
    else {
      const next = sign === "-" ? subtract(last, by) : add(last, by);
      if (next === null) throw new Error(`cannot read points: got histograms of different kinds in ${first}`);
      points.push(next.histogram);
    }
  }
  return points;
}

/** Reads a histogram such as `{{schema:1 count:3 sum:2 buckets:[1 2]}}`. */
export function parseHistogram(text: string): Histogram {
  const given = new Map<string, string>();
  for (const [, key = "", value = ""] of text.slice(2, -2).matchAll(/([a-z_]+):(\[[^\]]*\]|\S+)/g)) {
    if (given.has(key)) throw new Error(`cannot read histogram: got ${key} twice`);
    given.set(key, value);
  }
  const number = (key: string) => numberOf(given.get(key) ?? "0");
  const list = (key: string) => (given.get(key) ?? "[]").slice(1, -1).trim().split(/\s+/).filter(Boolean).map(numberOf);
  const buckets = (counts: readonly number[], offset: number) => ({
    indexes: counts.map((_, i) => i + offset),
    counts,
  });
  return createHistogram({
    schema: number("schema"),
    count: number("count"),
    sum: number("sum"),
    zeroThreshold: number("z_bucket_w"),
    zeroCount: number("z_bucket"),
    bounds: given.has("custom_values") || number("schema") === -53 ? list("custom_values") : null,
    positive: buckets(list("buckets"), number("offset")),
    negative: buckets(list("n_buckets"), number("n_offset")),
    hint: hintOf(given.get("counter_reset_hint") ?? "unknown"),
  });
}

function hintOf(text: string): ResetHint {
  if (text === "reset" || text === "not_reset" || text === "gauge" || text === "unknown") return text;
  throw new Error(`cannot read histogram: got counter_reset_hint ${text}`);
}

/** Reads times such as `-30s-1mx2`: each relative to its sample, with what is added from one to the next. */
function parseTimes(text: string): readonly Point[] {
  return itemsOf(text).flatMap((item) => {
    const blank = /^_(?:x(\d+))?$/.exec(item);
    if (blank !== null) return new Array<Point>(Number(blank[1] ?? 1)).fill(null);
    const match = /^([+-]?)(\w+?)(?:([+-])(\w+?))?(?:x(\d+))?$/.exec(item);
    if (match === null) throw new Error(`cannot read start times: got ${item}`);
    const [, sign, start = "", changeSign, change = "0", times] = match;
    const first = (sign === "-" ? -1 : 1) * millisecondsOf(start);
    const by = (changeSign === "-" ? -1 : 1) * millisecondsOf(change);
    return Array.from({ length: Number(times ?? 0) + 1 }, (_, i) => first + i * by);
  });
}

function millisecondsOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`cannot read start times: got ${text}, want a duration`);
  return ms;
}

/** The histogram in the notation that `parseHistogram` reads, as Prometheus writes it (FloatHistogram.TestExpression). */
export function formatHistogramNotation(histogram: Histogram): string {
  const { schema, count, sum, zeroCount, zeroThreshold, bounds, hint } = histogram;
  const parts: string[] = [];
  const add = (key: string, value: number) => {
    if (value !== 0) parts.push(`${key}:${formatShort(value)}`);
  };
  add("schema", schema);
  add("count", count);
  add("sum", sum);
  add("z_bucket", zeroCount);
  add("z_bucket_w", zeroThreshold);
  if (bounds !== null) parts.push(`custom_values:[${bounds.map(formatShort).join(" ")}]`);
  if (hint !== "unknown") parts.push(`counter_reset_hint:${hint}`);
  parts.push(...formatBuckets(histogram.positive, ""), ...formatBuckets(histogram.negative, "n_"));
  return `{{${parts.join(" ")}}}`;
}

function formatBuckets({ indexes, counts }: Buckets, prefix: string): readonly string[] {
  const filled = indexes.filter((_, i) => counts[i] !== 0);
  const [first] = filled;
  const last = filled.at(-1);
  if (first === undefined || last === undefined) return [];
  const all = new Array<number>(last - first + 1).fill(0);
  indexes.forEach((index, i) => {
    if (index >= first && index <= last) all[index - first] = counts[i] ?? 0;
  });
  const offset = first === 0 ? [] : [`${prefix}offset:${first}`];
  return [...offset, `${prefix}buckets:[${all.map(formatShort).join(" ")}]`];
}
