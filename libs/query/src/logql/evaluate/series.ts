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

/** A label as a part of a key. Lengths stand in front, since there is no character that a value cannot have. */
export function labelKey(name: string, value: string): string {
  return `${name.length}:${value.length}:${name}${value}`;
}

/** One text for labels that are in the order of their names; no others have it. */
export function labelsKey(labels: Labels): string {
  let key = "";
  for (const [name, value] of labels) key += labelKey(name, value);
  return key;
}

/** The order of series in an answer: by their labels, one after the other. */
export function compareLabels(a: Labels, b: Labels): number {
  const others = b.entries();
  for (const [name, value] of a) {
    const other = others.next();
    if (other.done) return 1;
    const [otherName, otherValue] = other.value;
    if (name !== otherName) return name < otherName ? -1 : 1;
    if (value !== otherValue) return value < otherValue ? -1 : 1;
  }
  return others.next().done ? 0 : -1;
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
