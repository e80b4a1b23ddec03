import { readFileSync } from "node:fs";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import { bigints, codedBigints, doubles, integers } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import type { FingerprintMap } from "./fingerprint-map.ts";
import { createFloatRuns, type FloatRows, type Floats } from "./float-runs.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import type { SeriesSet } from "./series-set.ts";
import type { WantedSeries } from "./wanted-series.ts";
import { wordsOf } from "./words.ts";

const samplesSql = readFileSync(new URL("./sql/float-samples.sql", import.meta.url), "utf8");
const newestTemplate = readFileSync(new URL("./sql/newest-floats.sql", import.meta.url), "utf8");
const later = readFileSync(new URL("./sql/later-floats.sql", import.meta.url), "utf8");

/** Times come as milliseconds of 32 bits: of a longer selection they cannot. */
export const MAX_FLOATS_RANGE_MS = 2 ** 32 - 1;

/** Who reads floats, and what is known of whose they are. */
export interface FloatsQuestion<Series extends { readonly place: number }> {
  /** Which samples: tenant, metrics, times and conditions. */
  readonly params: Params;
  /** In SQL, "" where all series of the metrics are. */
  readonly selected: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Up to when the newest sample of each series is all that is wanted; null where all samples are. Those behind it are always. */
  readonly newestUntilMs: number | null;
  /** Samples of other series are left out. */
  readonly all: readonly Series[];
  readonly byFingerprint: FingerprintMap<Series>;
  /**
   * Takes the samples of a series, once for each series. A time may be in them twice, or out of order. Only where the newest up to a time
   * are wanted, and those behind it, they come one by one.
   */
  readonly take: (series: Series, floats: Floats) => void;
  readonly budget: SampleBudget;
  readonly context: ReadContext;
}

/** Reads samples that are floats, which most are. */
export async function readFloats<Series extends { readonly place: number }>(
  reader: Pick<Reader, "readColumns">,
  question: FloatsQuestion<Series>,
): Promise<void> {
  const { startMs, newestUntilMs, all, budget, context, take } = question;
  const params = newestUntilMs === null ? question.params : { ...question.params, newestUntilMs };
  const runs = createFloatRuns();
  for await (const block of reader.readColumns(statementOf(question), params, context)) {
    takeFrom(budget, block.rows);
    if (block.rows === 0) continue;
    if (newestUntilMs === null) runs.add(rowsOf(block, question.byFingerprint));
    else takeNewest(block, question);
  }
  for (const [place, floats] of runs.join(startMs)) {
    const series = all[place];
    if (series !== undefined) take(series, floats);
  }
}

function statementOf({
  selected,
  endMs,
  newestUntilMs,
}: Pick<FloatsQuestion<never>, "selected" | "endMs" | "newestUntilMs">): string {
  if (newestUntilMs === null) return fill(samplesSql, { selected });
  return fill(newestTemplate, { selected, later: newestUntilMs < endMs ? later : "" });
}

function rowsOf(block: ReadBlock, byFingerprint: FingerprintMap<{ readonly place: number }>): FloatRows {
  const { keys, codes } = codedBigints(block, "fingerprint");
  const words = wordsOf(keys);
  const seriesOfCode = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at++) seriesOfCode[at] = byFingerprint.get(words, at)?.place ?? -1;
  const values = doubles(block, "value");
  return { seriesOfCode, codes, times: integers(block, "time"), values, words: wordsOf(values) };
}

/** One sample a row. */
function takeNewest<Series extends { readonly place: number }>(
  block: ReadBlock,
  { startMs, byFingerprint, take }: FloatsQuestion<Series>,
): void {
  const since = integers(block, "time");
  const times = new Float64Array(block.rows);
  for (let row = 0; row < times.length; row++) times[row] = startMs + (since[row] ?? 0);
  const values = doubles(block, "value");
  const words = wordsOf(bigints(block, "fingerprint"));
  for (let row = 0; row < block.rows; row++) {
    const series = byFingerprint.get(words, row);
    if (series !== undefined)
      take(series, { times: times.subarray(row, row + 1), values: values.subarray(row, row + 1) });
  }
}

/** Adds the floats of a stored series to what it is in Prometheus' words. */
export function addFloats(
  { series, parts }: Pick<WantedSeries, "series" | "parts">,
  floats: Floats,
  set: SeriesSet,
): void {
  for (const { name } of parts) {
    set.add(sameSeriesLabels(name, series), { ...floats, histograms: null, weights: null, isDelta: series.isDelta });
  }
}
