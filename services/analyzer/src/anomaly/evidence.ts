import type { Step } from "../baseline/series.ts";
import type { SeriesId } from "../baseline/series-store.ts";

type AnomalyStep = Extract<Step, { kind: "anomaly" }>;

/** Why a value is an anomaly, in words with figures. */
export function evidenceOf(step: AnomalyStep, consecutive: number): string {
  const { low, high, deviations } = step.outlier;
  return (
    `${consecutive} values in a row outside of ${figure(low)} to ${figure(high)}, the newest ${figure(step.value)}, ` +
    `${figure(deviations)} robust standard deviations from the median of ${step.samples} earlier values`
  );
}

/** A series as people write it: metric{label="value"}. */
export function seriesText({ metric, labels }: SeriesId): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.toSorted().join(", ")}}`;
}

/** Three significant digits are enough for people. */
export function figure(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
