import type { Labels } from "../stages/line.ts";

/** A series over the points of a grid. Where `present` is 0 there is no value. */
export interface Series {
  readonly labels: Labels;
  /** The labels as one text, the same for the same labels. */
  readonly key: string;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** A series without points. */
export function createSeries(labels: Labels, steps: number, key = labelsKey(labels)): Series {
  return { labels, key, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

/** Labels in the order of their names. */
export function sortedLabels(labels: Iterable<readonly [string, string]>): Labels {
  return new Map([...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** One text for labels that are in the order of their names. */
export function labelsKey(labels: Labels): string {
  let key = "";
  for (const [name, value] of labels) key += `${name}\xff${value}\xff`;
  return key;
}

/** What is left of labels by a grouping; their order stays. */
export function groupLabels(labels: Labels, names: ReadonlySet<string>, without: boolean): Labels {
  const left = new Map<string, string>();
  for (const [name, value] of labels) if (names.has(name) !== without) left.set(name, value);
  return left;
}

/** Labels as Prometheus writes them: `{app="a"}`. */
export function printLabels(labels: Labels): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
}
