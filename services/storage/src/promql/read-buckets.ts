import { readFileSync } from "node:fs";
import { writeStale } from "@sightline/query/promql/samples";
import type { SelectHints } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { HOUR } from "../rollup/spans.ts";
import { type Fold, foldOf, foldRun, nearestFold } from "./folds.ts";
import type { PlannedRead } from "./read-plan.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import { type SampleRun, sampleRuns } from "./sample-runs.ts";
import type { RunUse } from "./sample-tables.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import type { SamplePiece, SeriesSet } from "./series-set.ts";
import type { WantedOfTable } from "./wanted-series.ts";

const numbersSql = readFileSync(new URL("./sql/rolled-numbers.sql", import.meta.url), "utf8");
const rowsSql = readFileSync(new URL("./sql/rolled-rows.sql", import.meta.url), "utf8");
const seenSql = readFileSync(new URL("./sql/buckets-seen.sql", import.meta.url), "utf8");

/** Buckets that are to be read, and how. */
export interface BucketsQuestion {
  readonly wanted: WantedOfTable;
  readonly read: PlannedRead & { readonly width: number };
  readonly hints: SelectHints;
  /** The last time that the query looks at. */
  readonly endMs: number;
  /** Whether ranges hold whole buckets. */
  readonly isExact: boolean;
  /** Which series, beside the metrics: a condition in SQL. */
  readonly selected: string;
  readonly params: Params;
  readonly set: SeriesSet;
  readonly budget: SampleBudget;
  readonly context: ReadContext;
}

/** Reads what stands in buckets for the samples of a table. */
export async function readBuckets(reader: Reader, question: BucketsQuestion): Promise<void> {
  const { wanted, hints, isExact, read, set, budget } = question;
  const { table, byFingerprint, isSelected } = wanted;
  const isOfNumbers = table.name === "metrics_samples";
  const fold = (isExact ? foldOf(hints) : null) ?? nearestFold(hints);
  const parts = isExact ? 1 : partsOf(hints, read.width);
  const suffix = read.width === HOUR ? "1h" : "5m";
  const sql = fill(isOfNumbers ? numbersSql : rowsSql, {
    columns: isOfNumbers ? fold.columns : table.columns,
    table: isOfNumbers ? `metrics_rollup_${suffix}` : `${table.name}_rollup_${suffix}`,
    selected: question.selected,
    seen: isSparse(hints) ? seenSql : "",
  });
  for await (const block of reader.readColumns(sql, paramsOf(question), question.context)) {
    takeFrom(budget, isOfNumbers ? block.rows * parts : block.rows);
    for (const run of sampleRuns(block, byFingerprint)) {
      if (isOfNumbers) addFolded(run, { ...run.of, fold, inParts: parts, isSelected, set });
      else table.add(run, { ...run.of, isSelected, set, isRolledUp: true });
    }
  }
}

interface FoldUse extends Omit<RunUse, "isRolledUp"> {
  readonly fold: Fold;
  readonly inParts: number;
}

function addFolded(run: SampleRun, { series, parts, fold, inParts, isSelected, set }: FoldUse): void {
  const piece = pieceOf(run, { fold, isDelta: series.isDelta, parts: inParts });
  for (const { name } of parts) {
    const labels = sameSeriesLabels(name, series);
    if (isSelected(labels)) set.add(labels, piece);
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
