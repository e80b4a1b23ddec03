/** How often each bench measures. */
export const runs = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);

/** How long each run of a load is. Results are kept of 60 s. */
export const seconds = Number(process.env["SIGHTLINE_BENCH_SECONDS"] ?? 10);

/** One figure of a benchmark. */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  /** One for each run. */
  readonly values: readonly number[];
  /** What it was measured with. */
  readonly config: Readonly<Record<string, string | number>>;
}

/** Prints a figure as its one JSON line. */
export function printFigure({ bench, metric, unit, values, config }: Figure): void {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value: number | undefined) => Number((value ?? Number.NaN).toPrecision(4));
  const figure = {
    bench,
    metric,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    unit,
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: { node: process.version, ...config },
  };
  console.log(JSON.stringify(figure));
}

/** The value below which that share of sorted or unsorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
