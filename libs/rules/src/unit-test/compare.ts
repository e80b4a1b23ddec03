import { compareLabels } from "@sightline/query/promql/labels";
import type { Labels } from "../labels.ts";
import type { ShownSample } from "./format-results.ts";
import { sortedLabels } from "./sorted-labels.ts";
import type { ExpectedAlert } from "./unit-test-file.ts";

/** The alerts in the order in which they are compared. */
export function sortedAlerts(alerts: readonly ExpectedAlert[]): readonly ExpectedAlert[] {
  return [...alerts].sort(
    (a, b) =>
      compareLabels(sortedLabels(a.labels), sortedLabels(b.labels)) ||
      compareLabels(sortedLabels(a.annotations), sortedLabels(b.annotations)),
  );
}

/** Whether two lists of alerts, both in order, are the same. */
export function areSameAlerts(a: readonly ExpectedAlert[], b: readonly ExpectedAlert[]): boolean {
  return a.length === b.length && a.every((alert, at) => isSameAlert(alert, b[at]));
}

function isSameAlert(a: ExpectedAlert, b: ExpectedAlert | undefined): boolean {
  return b !== undefined && isSame(a.labels, b.labels) && isSame(a.annotations, b.annotations);
}

function isSame(a: Labels, b: Labels): boolean {
  return compareLabels(sortedLabels(a), sortedLabels(b)) === 0;
}

/** Whether two lists of samples, both in order, are the same; `isFuzzy` takes the floats next to one for it. */
export function areSameSamples(a: readonly ShownSample[], b: readonly ShownSample[], isFuzzy: boolean): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ labels, value, histogram }, at) => {
    const other = b[at];
    if (other === undefined || compareLabels(labels, other.labels) !== 0 || histogram !== other.histogram) return false;
    return value === other.value || (isFuzzy && areNeighbours(value, other.value));
  });
}

/** Whether no float lies between two of them. */
function areNeighbours(a: number, b: number): boolean {
  const [one, other] = [orderOf(a), orderOf(b)];
  const distance = one - other;
  return distance >= -1n && distance <= 1n;
}

/** A number by which floats are in order and next to each other. */
function orderOf(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  return bits < 0n ? -(2n ** 63n) - bits : bits;
}

/** The samples in the order in which they are compared. */
export function sortedSamples(samples: readonly ShownSample[]): readonly ShownSample[] {
  return [...samples].sort((a, b) => compareLabels(a.labels, b.labels));
}
