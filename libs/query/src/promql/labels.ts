import { quote } from "@sightline/gotext/quote";
import { isPlainLabelName, metricNameLabel } from "./label-names.ts";

export interface Label {
  readonly name: string;
  readonly value: string;
}

/** The labels of a series, sorted by name, none of them empty. */
export type Labels = readonly Label[];

export const noLabels: Labels = [];

/** The labels that say what a metric is, and that go with its name. */
export const metadataLabels: ReadonlySet<string> = new Set([metricNameLabel, "__type__", "__unit__"]);

/** Labels of any order as a series has them. */
export function labelsOf(entries: Iterable<readonly [name: string, value: string]>): Labels {
  const labels: Label[] = [];
  for (const [name, value] of entries) if (value !== "") labels.push({ name, value });
  return labels.sort(byName);
}

function byName(a: Label, b: Label): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The value of a label, "" when the series has not got it. */
export function labelValue(labels: Labels, name: string): string {
  for (const label of labels) if (label.name === name) return label.value;
  return "";
}

export function metricName(labels: Labels): string {
  return labelValue(labels, metricNameLabel);
}

/** The labels with one set to a value, or without it where that is empty. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.filter((label) => label.name !== name);
  if (value === "") return others;
  others.push({ name, value });
  return others.sort(byName);
}

export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return labels.filter(({ name }) => names.has(name));
}

export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return labels.some(({ name }) => names.has(name)) ? labels.filter(({ name }) => !names.has(name)) : labels;
}

/** A text that two sets of labels share only when they are equal. */
export function keyOf(labels: Labels): string {
  let key = "";
  for (const { name, value } of labels) key += `${name}\u0001${value}\u0002`;
  return key;
}

/** As `keyOf`, of some of the labels. */
export function keyOfSome(labels: Labels, wanted: (name: string) => boolean): string {
  let key = "";
  for (const { name, value } of labels) if (wanted(name)) key += `${name}\u0001${value}\u0002`;
  return key;
}

/** The order of series in answers: by the first label that differs. */
export function compareLabels(a: Labels, b: Labels): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) break;
    if (left.name !== right.name) return left.name < right.name ? -1 : 1;
    if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  }
  return a.length - b.length;
}

/** The labels as Prometheus writes them in messages: `{__name__="up", job="api"}`. */
export function formatLabels(labels: Labels): string {
  const written = labels.map(({ name, value }) => `${isPlainLabelName(name) ? name : quote(name)}=${quote(value)}`);
  return `{${written.join(", ")}}`;
}
