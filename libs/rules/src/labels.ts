import { type Label, type Labels as SeriesLabels, labelsOf as sortedLabels } from "@sightline/query/promql/labels";

/** Labels by name, as they are kept in state and written as JSON. */
export type Labels = Readonly<Record<string, string>>;

export const noLabels: Labels = {};

/** The labels of a series by name. */
export function labelsByName(labels: SeriesLabels): Labels {
  return Object.fromEntries(labels.map(({ name, value }: Label) => [name, value]));
}

/** Labels by name as series have them: sorted, none of them empty. */
export function seriesLabels(labels: Labels): SeriesLabels {
  return sortedLabels(Object.entries(labels));
}

/** A text that two sets of labels share only when they are equal; an empty label is as good as none. */
export function labelsKey(labels: Labels): string {
  const names = Object.keys(labels).sort();
  let key = "";
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== "") key += `${name}\u0001${value}\u0002`;
  }
  return key;
}

/** The labels without the empty ones. */
export function withoutEmpty(labels: Labels): Labels {
  for (const name in labels) {
    if (labels[name] === "") return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
  }
  return labels;
}
