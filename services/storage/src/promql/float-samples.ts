import { readFileSync } from "node:fs";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import type { Labels } from "@sightline/query/promql/labels";
import { bigints, codedBigints, doubles, integers } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import type { SeriesSet } from "./series-set.ts";

const samplesSql = readFileSync(new URL("./sql/float-samples.sql", import.meta.url), "utf8");
const newestSql = readFileSync(new URL("./sql/newest-floats.sql", import.meta.url), "utf8");

/** Times come as milliseconds of 32 bits: of a longer selection they cannot. */
export const MAX_FLOATS_RANGE_MS = 2 ** 32 - 1;

export interface FloatSeries {
  /** What it is asked for by: once for each name. */
  readonly labels: readonly Labels[];
  readonly isDelta: boolean;
}

export interface FloatsQuestion {
  /** Which samples: tenant, metrics, times and conditions. */
  readonly params: Params;
  /** In SQL, "" where all series of the metrics are. */
  readonly selected: string;
  readonly startMs: number;
  /** Whether the newest sample of each series is all that is wanted. */
  readonly newestOnly: boolean;
  /** The series that are asked for, by their fingerprints. */
  readonly series: ReadonlyMap<bigint, FloatSeries>;
  readonly set: SeriesSet;
  readonly budget: SampleBudget;
  readonly context: ReadContext;
}

/** Reads samples that are floats, which most are. */
export async function readFloats(reader: Reader, question: FloatsQuestion): Promise<void> {
  const { params, selected, newestOnly, budget, context } = question;
  const sql = fill(newestOnly ? newestSql : samplesSql, { selected });
  const add = newestOnly ? addNewest : addRuns;
  for await (const block of reader.readColumns(sql, params, context)) {
    takeFrom(budget, block.rows);
    if (block.rows > 0) add(block, question);
  }
}

/** Rows that follow each other and are of one series are in the order of time. */
function addRuns(block: ReadBlock, { startMs, series, set }: FloatsQuestion): void {
  const { keys, codes } = codedBigints(block, "fingerprint");
  const [times, values] = [timesOf(block, startMs), doubles(block, "value")];
  const seriesOfCode = Array.from(keys, (fingerprint) => series.get(fingerprint));
  let start = 0;
  for (let row = 1; row <= block.rows; row++) {
    const code = codes[start] ?? 0;
    if (row < block.rows && codes[row] === code) continue;
    const one = seriesOfCode[code];
    if (one !== undefined)
      addPiece(one, { times: times.subarray(start, row), values: values.subarray(start, row), set });
    start = row;
  }
}

function addNewest(block: ReadBlock, { startMs, series, set }: FloatsQuestion): void {
  const [times, values] = [timesOf(block, startMs), doubles(block, "value")];
  for (const [row, fingerprint] of bigints(block, "fingerprint").entries()) {
    const one = series.get(fingerprint);
    if (one === undefined) continue;
    addPiece(one, { times: times.subarray(row, row + 1), values: values.subarray(row, row + 1), set });
  }
}

interface Piece {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly set: SeriesSet;
}

function addPiece({ labels, isDelta }: FloatSeries, { times, values, set }: Piece): void {
  for (const one of labels) set.add(one, { times, values, histograms: null, weights: null, isDelta });
}

function timesOf(block: ReadBlock, startMs: number): Float64Array {
  const since = integers(block, "time");
  const times = new Float64Array(block.rows);
  for (let row = 0; row < times.length; row++) times[row] = startMs + (since[row] ?? 0);
  return times;
}
