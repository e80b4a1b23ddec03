import type { MetricsOperator } from "../ast.ts";
import { type Label, METRIC_NAME, NO_LABELS, seriesKey, type TimeSeries } from "./time-series.ts";

/** Series, or one number. */
export type Operand = readonly TimeSeries[] | number;

const operations: Readonly<Record<MetricsOperator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => (right === 0 ? Number.NaN : left / right),
};

/**
 * Puts series together point by point: those of the same labels, or every one with a series that has none; what has no
 * counterpart is left out. Where one side has no value it counts as 0, and what is divided by 0 has none. A number is put
 * together with every point that has a value.
 */
export function applyMath(operator: MetricsOperator, left: Operand, right: Operand): Operand {
  const operation = operations[operator];
  if (typeof left === "number") {
    if (typeof right === "number") return operation(left, right);
    return mapPoints(
      right,
      (value) => operation(left, value),
      (name) => `(${left} ${operator} ${name})`,
    );
  }
  if (typeof right === "number") {
    return mapPoints(
      left,
      (value) => operation(value, right),
      (name) => `(${name} ${operator} ${right})`,
    );
  }
  return combine(operator, left, right);
}

function mapPoints(
  series: readonly TimeSeries[],
  map: (value: number) => number,
  rename: (name: string) => string,
): readonly TimeSeries[] {
  return series.map((each) => ({
    ...each,
    labels: each.labels.map((label) =>
      label.name === METRIC_NAME ? { ...label, value: rename(String(label.value)) } : label,
    ),
    values: each.values.map(map),
  }));
}

function combine(operator: MetricsOperator, left: readonly TimeSeries[], right: readonly TimeSeries[]) {
  const [lefts, rights] = [byKey(left), byKey(right)];
  const combined: TimeSeries[] = [];
  // The side that has labels says which series there are.
  for (const key of (rights.has(NO_LABELS) ? lefts : rights).keys()) {
    const one = lefts.get(key) ?? lefts.get(NO_LABELS);
    const other = rights.get(key) ?? rights.get(NO_LABELS);
    if (one !== undefined && other !== undefined) combined.push(combineSeries(operator, one, other));
  }
  return combined;
}

function byKey(series: readonly TimeSeries[]): ReadonlyMap<string, TimeSeries> {
  return new Map(series.map((each) => [seriesKey(each.labels), each]));
}

function combineSeries(operator: MetricsOperator, one: TimeSeries, other: TimeSeries): TimeSeries {
  const operation = operations[operator];
  const number = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? 0 : value);
  return {
    labels: combineLabels(operator, one.labels, other.labels),
    values: one.values.map((value, point) => operation(number(value), number(other.values[point]))),
    exemplars: [...one.exemplars, ...other.exemplars],
  };
}

function combineLabels(operator: MetricsOperator, one: readonly Label[], other: readonly Label[]): readonly Label[] {
  const [oneName, otherName] = [nameIn(one), nameIn(other)];
  const [ones, others] = [withoutName(one), withoutName(other)];
  const labels = ones.length > 0 ? ones : others;
  if (oneName === undefined || otherName === undefined) return labels;
  return [{ name: METRIC_NAME, value: `(${oneName} ${operator} ${otherName})` }, ...labels];
}

function nameIn(labels: readonly Label[]): string | undefined {
  const value = labels.find(({ name }) => name === METRIC_NAME)?.value;
  return typeof value === "string" ? value : undefined;
}

function withoutName(labels: readonly Label[]): readonly Label[] {
  return labels.filter(({ name }) => name !== METRIC_NAME);
}
