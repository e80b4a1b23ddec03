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
    const best = series
      .map((_, at) => at)
      .filter((at) => !Number.isNaN(valueAt(at)))
      .sort((one, other) => {
        const [a, b] = [valueAt(one), valueAt(other)];
        return a === b ? compareKeys(keys[one], keys[other]) : (a - b) * direction;
      });
    for (const at of best.slice(0, limit)) {
      const values = kept[at];
      if (values !== undefined) values[point] = valueAt(at);
    }
  }
  return withPoints(series.map((each, at) => ({ ...each, values: kept[at] ?? each.values })));
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
