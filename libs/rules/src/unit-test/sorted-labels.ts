import type { Label, Labels as SeriesLabels } from "@sightline/query/promql/labels";
import type { Labels } from "../labels.ts";

/** Labels in the order of their names, also the empty ones: who expects one expects something else than none. */
export function sortedLabels(labels: Labels): SeriesLabels {
  const sorted: Label[] = Object.entries(labels).map(([name, value]) => ({ name, value }));
  return sorted.sort((a, b) => (a.name < b.name ? -1 : 1));
}
