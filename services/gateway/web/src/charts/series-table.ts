/** A line of a chart: what it is called, its colour (a CSS colour or var()), and its points, [unix ms, value or null]. */
export interface ChartSeries {
  readonly label: string;
  readonly color: string;
  readonly points: readonly (readonly [number, number | null])[];
}

/** Series over one common list of times: for each time every series' value, undefined where it has no point at all. */
export interface SeriesTable {
  /** Seconds since the Unix epoch, rising. */
  readonly times: number[];
  readonly columns: (number | null | undefined)[][];
}

/** Puts series side by side over the union of their times. */
export function seriesTable(series: readonly ChartSeries[]): SeriesTable {
  const seen = new Set<number>();
  for (const { points } of series) for (const [ms] of points) seen.add(ms);
  const times = [...seen].sort((a, b) => a - b);
  const position = new Map(times.map((ms, index) => [ms, index]));
  const columns = series.map(({ points }) => {
    const column: (number | null | undefined)[] = new Array(times.length).fill(undefined);
    for (const [ms, value] of points) column[position.get(ms) ?? 0] = value;
    return column;
  });
  return { times: times.map((ms) => ms / 1000), columns };
}

/** The columns put on top of each other, the first at the bottom; nothing where the lowest has nothing. */
export function stackedColumns(columns: SeriesTable["columns"]): SeriesTable["columns"] {
  const stacked: SeriesTable["columns"] = [];
  for (const column of columns) {
    const below = stacked.at(-1);
    stacked.push(column.map((value, row) => (value == null ? value : value + (below?.[row] ?? 0))));
  }
  return stacked;
}

/** The last value that a series has, or null. */
export function lastValue(points: ChartSeries["points"]): number | null {
  return points.findLast(([, value]) => value !== null)?.[1] ?? null;
}

/** The least, highest and mean of a series; null when it has no value. */
export function extremes(points: ChartSeries["points"]): { min: number; max: number; mean: number } | null {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  if (values.length === 0) return null;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, max, mean: sum / values.length };
}
