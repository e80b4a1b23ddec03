import type { Series } from "../api/types.ts";
import { colorOfIndex } from "../format/palette.ts";
import { plainLine } from "../format/plain-text.ts";
import type { ChartSeries } from "./series-table.ts";

/** Series of a metric as lines. Each is called by the labels in which they differ; a single one by the metric's name. */
export function seriesOf(series: readonly Series[], metric: string): readonly ChartSeries[] {
  const names = differingLabels(series.map(({ labels }) => labels));
  const labels = series.map((one) => labelOf(one.labels, names) || metric);
  return series.map((one, index) => ({
    label: labels.indexOf(labels[index] ?? "") === index ? (labels[index] ?? "") : `${labels[index]} (${index + 1})`,
    color: colorOfIndex(index),
    points: one.points,
  }));
}

/** The label names whose values are not the same in all. */
export function differingLabels(all: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const names = [...new Set(all.flatMap((labels) => Object.keys(labels)))].sort();
  return names.filter((name) => new Set(all.map((labels) => labels[name] ?? "")).size > 1);
}

function labelOf(labels: Readonly<Record<string, string>>, names: readonly string[]): string {
  return names.map((name) => plainLine(labels[name] ?? "", 80) || `no ${name}`).join(" · ");
}
