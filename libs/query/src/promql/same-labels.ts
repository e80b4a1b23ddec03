import { type Evaluation, executionProblem } from "./evaluate/evaluation.ts";
import { compareLabels, dropLabels, keyOf, type Labels, metadataLabels } from "./labels.ts";
import { ABSENT, createSeriesWriter, FLOAT, type VectorSeries } from "./value.ts";

/** The labels of what is computed from a metric and is not that metric any more; its name goes now or at the end. */
export function nameless(labels: Labels, evaluation: Evaluation): Pick<VectorSeries, "labels" | "dropName"> {
  if (evaluation.delayedNameRemoval) return { labels, dropName: true };
  return { labels: dropLabels(labels, metadataLabels), dropName: false };
}

/**
 * Series of equal labels made one. Throws failed_precondition when two of them have a value at the same step: a vector has each set
 * of labels once.
 */
export function mergeSameLabels(series: readonly VectorSeries[]): readonly VectorSeries[] {
  if (!hasSameLabels(series)) return series;
  const byKey = new Map<string, VectorSeries[]>();
  for (const one of series) {
    const key = keyOf(one.labels);
    const others = byKey.get(key);
    if (others === undefined) byKey.set(key, [one]);
    else others.push(one);
  }
  return [...byKey.values()].map(merge);
}

/** As `mergeSameLabels` where series of equal labels are wrong even if they never have a value at the same step. */
export function requireDifferentLabels(series: readonly VectorSeries[]): readonly VectorSeries[] {
  if (hasSameLabels(series)) throw sameLabels();
  return series;
}

export function sameLabels(): Error {
  return executionProblem("vector cannot contain metrics with the same labelset");
}

function hasSameLabels(series: readonly VectorSeries[]): boolean {
  if (ascend(series)) return false;
  const keys = new Set<string>();
  for (const { labels } of series) {
    const key = keyOf(labels);
    if (keys.has(key)) return true;
    keys.add(key);
  }
  return false;
}

/** Whether each has labels greater than those before, as selected series do: then there are no equal ones to look for. */
function ascend(series: readonly VectorSeries[]): boolean {
  let last: VectorSeries | undefined;
  for (const one of series) {
    if (last !== undefined && compareLabels(last.labels, one.labels) >= 0) return false;
    last = one;
  }
  return true;
}

function merge(series: readonly VectorSeries[]): VectorSeries {
  const [first] = series;
  if (first === undefined || series.length === 1) return first ?? noSeries;
  const writer = createSeriesWriter(first.kinds.length);
  for (const { kinds, values, histograms } of series) {
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] === ABSENT) continue;
      if (writer.has(step)) throw sameLabels();
      const histogram = histograms?.[step];
      if (kinds[step] === FLOAT || histogram === undefined) writer.setFloat(step, values[step] ?? 0);
      else writer.setHistogram(step, histogram);
    }
  }
  return writer.series(first.labels, first.dropName);
}

const noSeries: VectorSeries = {
  labels: [],
  dropName: false,
  kinds: new Uint8Array(0),
  values: new Float64Array(0),
  histograms: null,
};
