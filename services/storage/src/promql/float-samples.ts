import { readFileSync } from "node:fs";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import { bigints, codedBigints, doubles, integers } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { createFloatRuns, type FloatRows, type Floats } from "./float-runs.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import type { SeriesSet } from "./series-set.ts";
import type { WantedOfTable, WantedSeries } from "./wanted-series.ts";
import { wordsOf } from "./words.ts";

const samplesSql = readFileSync(new URL("./sql/float-samples.sql", import.meta.url), "utf8");
const newestSql = readFileSync(new URL("./sql/newest-floats.sql", import.meta.url), "utf8");

/** Times come as milliseconds of 32 bits: of a longer selection they cannot. */
export const MAX_FLOATS_RANGE_MS = 2 ** 32 - 1;

export interface FloatsQuestion {
  /** Which samples: tenant, metrics, times and conditions. */
  readonly params: Params;
  /** In SQL, "" where all series of the metrics are. */
  readonly selected: string;
  readonly startMs: number;
  /** Whether the newest sample of each series is all that is wanted. */
  readonly newestOnly: boolean;
  readonly wanted: WantedOfTable;
  readonly set: SeriesSet;
  readonly budget: SampleBudget;
  readonly context: ReadContext;
}

/** Reads samples that are floats, which most are. */
export async function readFloats(reader: Pick<Reader, "readColumns">, question: FloatsQuestion): Promise<void> {
  const { params, selected, startMs, newestOnly, wanted, budget, context } = question;
  const sql = fill(newestOnly ? newestSql : samplesSql, { selected });
  const runs = createFloatRuns();
  for await (const block of reader.readColumns(sql, params, context)) {
    takeFrom(budget, block.rows);
    if (block.rows === 0) continue;
    if (newestOnly) addNewest(block, question);
    else runs.add(rowsOf(block, wanted));
  }
  for (const [place, floats] of runs.join(startMs)) addTo(question, wanted.all[place], floats);
}

function rowsOf(block: ReadBlock, { byFingerprint }: WantedOfTable): FloatRows {
  const { keys, codes } = codedBigints(block, "fingerprint");
  const words = wordsOf(keys);
  const seriesOfCode = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at++) seriesOfCode[at] = byFingerprint.get(words, at)?.place ?? -1;
  const values = doubles(block, "value");
  return { seriesOfCode, codes, times: integers(block, "time"), values, words: wordsOf(values) };
}

/** One row of each series. */
function addNewest(block: ReadBlock, question: FloatsQuestion): void {
  const since = integers(block, "time");
  const times = new Float64Array(block.rows);
  for (let row = 0; row < times.length; row++) times[row] = question.startMs + (since[row] ?? 0);
  const values = doubles(block, "value");
  const words = wordsOf(bigints(block, "fingerprint"));
  for (let row = 0; row < block.rows; row++) {
    const floats = { times: times.subarray(row, row + 1), values: values.subarray(row, row + 1) };
    addTo(question, question.wanted.byFingerprint.get(words, row), floats);
  }
}

function addTo({ set }: FloatsQuestion, wanted: WantedSeries | undefined, floats: Floats): void {
  if (wanted === undefined) return;
  const { series, parts } = wanted;
  for (const { name } of parts) {
    set.add(sameSeriesLabels(name, series), { ...floats, histograms: null, weights: null, isDelta: series.isDelta });
  }
}
