import { readFileSync } from "node:fs";
import { writeStale } from "@sightline/query/promql/samples";
import type { SelectHints } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { HOUR } from "../rollup/spans.ts";
import { type Fold, foldOf, foldRun, nearestFold } from "./folds.ts";
import type { PlannedRead } from "./read-plan.ts";
import type { StoredSeries } from "./read-series.ts";
import { type SampleRun, sampleRuns } from "./sample-runs.ts";
import type { SampleTable } from "./sample-tables.ts";
import type { SamplePiece } from "./series-set.ts";

const numbersSql = readFileSync(new URL("./sql/rolled-numbers.sql", import.meta.url), "utf8");
const rowsSql = readFileSync(new URL("./sql/rolled-rows.sql", import.meta.url), "utf8");
const seenSql = readFileSync(new URL("./sql/buckets-seen.sql", import.meta.url), "utf8");

/** Buckets that are to be read, and how. */
export interface BucketsQuestion {
  readonly table: SampleTable;
  readonly read: PlannedRead & { readonly width: number };
  readonly hints: SelectHints;
  /** The last time that a query looks at. */
  readonly endMs: number;
  /** Whether ranges hold whole buckets. */
  readonly isExact: boolean;
  /** Which series, beside the metrics: a condition in SQL. */
  readonly selected: string;
  readonly params: Params;
  readonly context: ReadContext;
}

/** The runs of rows that a table of distributions has in place of all of them. */
export async function* readRolledRows(reader: Reader, question: BucketsQuestion): AsyncGenerator<SampleRun> {
  const { table, read } = question;
  const sql = fill(rowsSql, {
    columns: table.columns,
    table: `${table.name}_rollup_${read.width === HOUR ? "1h" : "5m"}`,
    ...fragments(question),
  });
  for await (const block of reader.readColumns(sql, paramsOf(question), question.context)) yield* sampleRuns(block);
}

/** A run of buckets as the samples that stand for them. */
export interface FoldedRun {
  readonly fingerprint: bigint;
  piece(series: StoredSeries): SamplePiece;
}

/** The runs of buckets of numbers. */
export async function* readFoldedNumbers(
  reader: Reader,
  question: BucketsQuestion,
): AsyncGenerator<FoldedRun & { rows: number }> {
  const { hints, isExact, read } = question;
  const fold = (isExact ? foldOf(hints) : null) ?? nearestFold(hints);
  const parts = isExact ? 1 : partsOf(hints, read.width);
  const sql = fill(numbersSql, {
    columns: fold.columns,
    table: read.width === HOUR ? "metrics_rollup_1h" : "metrics_rollup_5m",
    ...fragments(question),
  });
  for await (const block of reader.readColumns(sql, paramsOf(question), question.context)) {
    for (const run of sampleRuns(block)) {
      const piece = ({ isDelta }: StoredSeries) => pieceOf(run, { fold, isDelta, parts });
      yield { fingerprint: run.fingerprint, rows: (run.end - run.start) * parts, piece };
    }
  }
}

const MAX_PARTS = 60;

/** A range that is not much longer than a bucket has to find samples in it nevertheless. */
function partsOf({ rangeMs }: SelectHints, width: number): number {
  if (rangeMs === 0) return 1;
  return Math.min(MAX_PARTS, Math.max(1, Math.ceil((3 * width * 1000) / rangeMs) - 1));
}

function pieceOf(
  run: SampleRun,
  { fold, isDelta, parts }: { readonly fold: Fold; readonly isDelta: boolean; readonly parts: number },
): SamplePiece {
  const times: number[] = [];
  const numbers: number[] = [];
  const weights: number[] = [];
  const stale: number[] = [];
  const add = (ms: number, value: number, weight: number) => {
    times.push(ms);
    numbers.push(value);
    weights.push(weight);
  };
  const addStale = (ms: number) => {
    stale.push(times.length);
    add(ms, 0, 0);
  };
  foldRun(run, { fold, isDelta, parts }, { add, addStale });
  const values = Float64Array.from(numbers);
  for (const at of stale) writeStale(values, at);
  return { times: Float64Array.from(times), values, histograms: null, weights: Float64Array.from(weights), isDelta };
}

/** Whether there are samples between the steps that none of them looks at. */
export function isSparse({ stepMs, windowMs }: SelectHints): boolean {
  return windowMs !== null && windowMs < stepMs;
}

function fragments({ hints, selected }: BucketsQuestion) {
  return { selected, seen: isSparse(hints) ? seenSql : "" };
}

function paramsOf({ read, hints, endMs, isExact, params }: BucketsQuestion): Params {
  const { afterMs, untilMs, width } = read;
  const widthMs = width * 1000;
  // Of ranges that begin and end within buckets both of these are looked at.
  const besideMs = isExact ? 0 : widthMs;
  return {
    ...params,
    bucketFrom: Math.floor(afterMs / 1000),
    bucketUntil: Math.ceil(untilMs / 1000),
    lastSeenMs: endMs + besideMs - widthMs,
    stepMs: hints.stepMs,
    seenMs: (hints.windowMs ?? 0) + besideMs,
  };
}
