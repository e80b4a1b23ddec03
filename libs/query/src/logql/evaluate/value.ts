import { AppError } from "@sightline/errors/app-error";
import type { Labels } from "../stages/line.ts";
import { createSeries, printLabels, type Series } from "./series.ts";

/** What an expression comes to: one number for all points, or series. */
export type Value =
  | { readonly type: "scalar"; readonly value: number }
  /** `isOrdered`: the order of the series means something. */
  | { readonly type: "series"; readonly series: readonly Series[]; readonly isOrdered: boolean };

/** Series as a value. */
export function seriesValue(series: readonly Series[], isOrdered = false): Value {
  return { type: "series", series, isOrdered };
}

/** Series that are made of points found here and there; those with the same labels are one. */
export interface SeriesCollector {
  /** Throws failed_precondition where the point is there already. */
  set(labels: Labels, key: string, point: { readonly step: number; readonly value: number }): void;
  series(): Series[];
}

/** A collector for points of that many steps; `duplicate` is what is said of a point that is there twice. */
export function createCollector(steps: number, duplicate: string): SeriesCollector {
  const known = new Map<string, Series>();
  return {
    set(labels, key, { step, value }) {
      let series = known.get(key);
      if (series === undefined) {
        series = createSeries(labels, steps, key);
        known.set(key, series);
      }
      if (series.present[step] === 1) {
        throw new AppError("failed_precondition", `${duplicate}: ${printLabels(labels)}`);
      }
      series.values[step] = value;
      series.present[step] = 1;
    },
    series: () => [...known.values()],
  };
}
