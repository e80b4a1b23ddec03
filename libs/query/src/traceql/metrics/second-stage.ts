import type { SecondStage } from "../ast.ts";
import { compareNumbers } from "../compare-values.ts";
import { seriesKey, type TimeSeries } from "./time-series.ts";

/** Takes series through stages: rankings keep the largest or smallest of each point, comparisons the points that hold. */
export function applyStages(series: readonly TimeSeries[], stages: readonly SecondStage[]): readonly TimeSeries[] {
  return stages.reduce(applyStage, series);
}

function applyStage(series: readonly TimeSeries[], stage: SecondStage): readonly TimeSeries[] {
  if (stage.type === "comparison") {
    const { operator, value: wanted } = stage;
    const keep = (value: number) => (compareNumbers(operator, value, wanted) ? value : Number.NaN);
    return withPoints(series.map((each) => ({ ...each, values: each.values.map(keep) })));
  }
  return rank(series, stage.type === "topk" ? -1 : 1, stage.limit);
}

/** Of equal values those of the series whose labels come first. */
function rank(series: readonly TimeSeries[], direction: 1 | -1, limit: number): readonly TimeSeries[] {
  const keys = series.map(({ labels }) => seriesKey(labels));
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  const kept = series.map(({ values }) => new Float64Array(values.length).fill(Number.NaN));
  for (let point = 0; point < length; point++) {
    const valueAt = (at: number) => series[at]?.values[point] ?? Number.NaN;
    const comesBefore = (one: number, other: number) => {
      const distance = (valueAt(one) - valueAt(other)) * direction;
      return distance === 0 ? compareKeys(keys[one], keys[other]) < 0 : distance < 0;
    };
    for (const at of firstOf(series.length, limit, { comesBefore, isIn: (at) => !Number.isNaN(valueAt(at)) })) {
      const values = kept[at];
      if (values !== undefined) values[point] = valueAt(at);
    }
  }
  return withPoints(series.map((each, at) => ({ ...each, values: kept[at] ?? each.values })));
}

interface Order {
  readonly comesBefore: (one: number, other: number) => boolean;
  readonly isIn: (at: number) => boolean;
}

/** The first few of the numbers below a count: sorting all of them for every point would take seconds. */
function firstOf(count: number, limit: number, { comesBefore, isIn }: Order): readonly number[] {
  const first: number[] = [];
  for (let at = 0; at < count; at++) {
    const last = first.at(-1);
    const isFull = first.length >= limit;
    if (!isIn(at) || (isFull && last !== undefined && !comesBefore(at, last))) continue;
    if (isFull) first.pop();
    let place = first.length;
    while (place > 0 && comesBefore(at, first[place - 1] ?? at)) place--;
    first.splice(place, 0, at);
  }
  return first;
}

function compareKeys(one = "", other = ""): number {
  return one < other ? -1 : Number(one > other);
}

/** A series without a point is none. */
function withPoints(series: readonly TimeSeries[]): readonly TimeSeries[] {
  return series.filter(({ values }) => hasPoint(values));
}

/** Whether there is any value. */
export function hasPoint(values: Float64Array): boolean {
  return values.some((value) => !Number.isNaN(value));
}
