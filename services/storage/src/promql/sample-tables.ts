import { readFileSync } from "node:fs";
import { formatNumber } from "@sightline/gotext/format-float";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import type { Labels } from "@sightline/query/promql/labels";
import { writeStale } from "@sightline/query/promql/samples";
import { doubleArrays, doubles, integers } from "../query/block-columns.ts";
import type { MetricPart, NamedPart } from "./metric-names.ts";
import type { StoredSeries } from "./read-series.ts";
import type { SampleRun } from "./sample-runs.ts";
import { seriesLabels, withLabel } from "./series-labels.ts";
import type { SeriesSet } from "./series-set.ts";
import { fromExplicit, fromExponential, nothingRecorded } from "./stored-histogram.ts";

/** What a run of samples is made into. */
export interface RunUse {
  readonly series: StoredSeries;
  /** What of the metric is asked for. */
  readonly parts: readonly NamedPart[];
  readonly isSelected: (labels: Labels) => boolean;
  readonly set: SeriesSet;
  /** Whether the rows say in a column `weight` for how many samples they stand. */
  readonly isRolledUp: boolean;
}

/** A table of samples, and how its rows are series of Prometheus' kind. */
export interface SampleTable {
  readonly name: string;
  readonly types: readonly string[];
  /** What is read of a row beside its series and time, in SQL. */
  readonly columns: string;
  add(run: SampleRun, use: RunUse): void;
}

export const SAMPLE_TABLES: readonly SampleTable[] = [
  {
    name: "metrics_samples",
    types: ["gauge", "sum"],
    columns: readFileSync(new URL("./sql/float-columns.sql", import.meta.url), "utf8"),
    add: addFloats,
  },
  {
    name: "metrics_exponential_histograms",
    types: ["exponential_histogram"],
    columns: readFileSync(new URL("./sql/exponential-columns.sql", import.meta.url), "utf8"),
    add: addExponential,
  },
  {
    name: "metrics_histograms",
    types: ["histogram"],
    columns: readFileSync(new URL("./sql/explicit-columns.sql", import.meta.url), "utf8"),
    add: addExplicit,
  },
  {
    name: "metrics_summaries",
    types: ["summary"],
    columns: readFileSync(new URL("./sql/summary-columns.sql", import.meta.url), "utf8"),
    add: addSummary,
  },
];

function addFloats(run: SampleRun, { series, parts, isSelected, set, isRolledUp }: RunUse): void {
  const { block, start, end } = run;
  const times = doubles(block, "time").subarray(start, end);
  const values = doubles(block, "value").subarray(start, end);
  const weights = isRolledUp ? doubles(block, "weight").subarray(start, end) : null;
  for (const { name } of parts) {
    const labels = seriesLabels(name, series);
    if (isSelected(labels)) set.add(labels, { times, values, histograms: null, weights, isDelta: series.isDelta });
  }
}

function addExponential(run: SampleRun, use: RunUse): void {
  const { block } = run;
  const flags = integers(block, "flags");
  const [counts, sums] = [doubles(block, "count"), doubles(block, "sum")];
  const scales = integers(block, "scale");
  const [zeroCounts, zeroThresholds] = [doubles(block, "zeroCount"), doubles(block, "zeroThreshold")];
  const [positiveOffsets, positiveCounts] = [integers(block, "positiveOffset"), doubleArrays(block, "positiveCounts")];
  const [negativeOffsets, negativeCounts] = [integers(block, "negativeOffset"), doubleArrays(block, "negativeCounts")];
  addHistograms(run, use, (row) =>
    fromExponential({
      flags: flags[row] ?? 0,
      count: counts[row] ?? 0,
      sum: sums[row] ?? 0,
      scale: scales[row] ?? 0,
      zeroCount: zeroCounts[row] ?? 0,
      zeroThreshold: zeroThresholds[row] ?? 0,
      positiveOffset: positiveOffsets[row] ?? 0,
      positiveCounts: positiveCounts(row),
      negativeOffset: negativeOffsets[row] ?? 0,
      negativeCounts: negativeCounts(row),
    }),
  );
}

function addExplicit(run: SampleRun, use: RunUse): void {
  const { block } = run;
  const flags = integers(block, "flags");
  const [counts, sums] = [doubles(block, "count"), doubles(block, "sum")];
  const [bounds, bucketCounts] = [doubleArrays(block, "bounds"), doubleArrays(block, "counts")];
  const asks = (part: MetricPart) => use.parts.filter((named) => named.part === part);
  const own = asks("own");
  if (own.length > 0) {
    addHistograms(run, { ...use, parts: own }, (row) =>
      fromExplicit({
        flags: flags[row] ?? 0,
        count: counts[row] ?? 0,
        sum: sums[row] ?? 0,
        bounds: bounds(row),
        counts: bucketCounts(row),
      }),
    );
  }
  addCountAndSum(run, use);
  for (const { name } of asks("bucket")) addBuckets(run, { ...use, name, bounds, bucketCounts });
}

interface BucketUse extends RunUse {
  readonly name: string;
  readonly bounds: (row: number) => Float64Array;
  readonly bucketCounts: (row: number) => Float64Array;
}

/** One series for each bound, which counts what is at most that. */
function addBuckets(run: SampleRun, { name, bounds, bucketCounts, ...use }: BucketUse): void {
  const { block, start, end } = run;
  const flags = integers(block, "flags");
  const byBound = new Map<number, NumberRows>();
  for (let row = start; row < end; row++) {
    const rowBounds = bounds(row);
    const rowCounts = bucketCounts(row);
    const nothing = nothingRecorded(flags[row] ?? 0);
    let total = 0;
    for (let at = 0; at <= rowBounds.length; at++) {
      total += rowCounts[at] ?? 0;
      addRow(byBound, rowBounds[at] ?? Number.POSITIVE_INFINITY, { row, value: nothing ? Number.NaN : total });
    }
  }
  for (const [bound, numbers] of byBound) {
    const le = bound === Number.POSITIVE_INFINITY ? "+Inf" : formatNumber(bound);
    addNumbers(run, numbers, { ...use, name, series: withLabel(use.series, "le", le) });
  }
}

/** The rows of a run that have a number, and these: NaN where the series ended. */
interface NumberRows {
  readonly rows: number[];
  readonly values: number[];
}

function addRow(
  byKey: Map<number, NumberRows>,
  key: number,
  { row, value }: { readonly row: number; readonly value: number },
): void {
  const known = byKey.get(key);
  if (known === undefined) byKey.set(key, { rows: [row], values: [value] });
  else {
    known.rows.push(row);
    known.values.push(value);
  }
}

/** A series of its own of what rows say beside others. */
function addNumbers(
  { block }: SampleRun,
  { rows, values: numbers }: NumberRows,
  { name, series, isSelected, set, isRolledUp }: RunUse & { readonly name: string },
): void {
  const labels = seriesLabels(name, series);
  if (!isSelected(labels)) return;
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? 0);
  const values = Float64Array.from(numbers);
  for (const [at, value] of numbers.entries()) if (Number.isNaN(value)) writeStale(values, at);
  const weights = isRolledUp ? pick(doubles(block, "weight")) : null;
  set.add(labels, {
    times: pick(doubles(block, "time")),
    values,
    histograms: null,
    weights,
    isDelta: series.isDelta,
  });
}

function addCountAndSum(run: SampleRun, use: RunUse): void {
  const { block, start, end } = run;
  const flags = integers(block, "flags");
  const rows = Array.from({ length: end - start }, (_, at) => start + at);
  for (const { name, part } of use.parts) {
    if (part !== "count" && part !== "sum") continue;
    const column = doubles(block, part);
    const values = rows.map((row) => (nothingRecorded(flags[row] ?? 0) ? Number.NaN : (column[row] ?? 0)));
    addNumbers(run, { rows, values }, { ...use, name });
  }
}

function addSummary(run: SampleRun, use: RunUse): void {
  const { block, start, end } = run;
  addCountAndSum(run, use);
  const flags = integers(block, "flags");
  const [quantiles, summaries] = [doubleArrays(block, "quantiles"), doubleArrays(block, "values")];
  const byQuantile = new Map<number, NumberRows>();
  for (let row = start; row < end; row++) {
    const rowValues = summaries(row);
    for (const [at, quantile] of quantiles(row).entries()) {
      const value = nothingRecorded(flags[row] ?? 0) ? Number.NaN : (rowValues[at] ?? Number.NaN);
      addRow(byQuantile, quantile, { row, value });
    }
  }
  for (const { name, part } of use.parts) {
    if (part !== "own") continue;
    for (const [quantile, numbers] of byQuantile) {
      addNumbers(run, numbers, { ...use, name, series: withLabel(use.series, "quantile", formatNumber(quantile)) });
    }
  }
}

/** One sample a row: a histogram, or the mark of the series' end. */
function addHistograms(
  { block, start, end }: SampleRun,
  { series, parts, isSelected, set, isRolledUp }: RunUse,
  histogramOf: (row: number) => Histogram | undefined,
): void {
  const times = doubles(block, "time").subarray(start, end);
  const values = new Float64Array(times.length);
  const weights = isRolledUp ? doubles(block, "weight").subarray(start, end) : null;
  const histograms = Array.from(times, (_, at) => histogramOf(start + at) ?? null);
  for (const [at, histogram] of histograms.entries()) if (histogram === null) writeStale(values, at);
  for (const { name, part } of parts) {
    const labels = seriesLabels(name, series);
    if (part === "own" && isSelected(labels))
      set.add(labels, { times, values, histograms, weights, isDelta: series.isDelta });
  }
}
