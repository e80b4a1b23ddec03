import { readFileSync } from "node:fs";
import { noLabels } from "@sightline/query/promql/labels";
import type { SampleSource, SelectHints, Selection } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import type { Floats } from "./float-runs.ts";
import { MAX_FLOATS_RANGE_MS, readFloats } from "./float-samples.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { selectsInDatabase } from "./matchers.ts";
import { planTable, tellOfBuckets } from "./plan-table.ts";
import { isSparse, readBuckets } from "./read-buckets.ts";
import type { PlannedRead } from "./read-plan.ts";
import type { ReadAhead, ReadsAhead } from "./reads-ahead.ts";
import { readRows } from "./row-samples.ts";
import { createPart, type SampleBudget } from "./sample-budget.ts";
import type { SampleRun } from "./sample-runs.ts";
import { seriesRange } from "./series-range.ts";
import { createSeriesSet, type SamplePiece, type SeriesSet } from "./series-set.ts";
import { seriesStatement } from "./series-statement.ts";
import { findStored, type SelectionOptions } from "./stored-selection.ts";
import { type LabelledSeries, sameWantedByTable, type WantedOfTable, type WantedSeries } from "./wanted-series.ts";

const seenSql = readFileSync(new URL("./sql/samples-seen.sql", import.meta.url), "utf8");
const namedSql = readFileSync(new URL("./sql/named.sql", import.meta.url), "utf8");
const selectedSql = seriesStatement(readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"));

export interface SampleSourceOptions extends SelectionOptions {
  readonly tenant: string;
  readonly rollups: KnownRollups;
  /** Without it nothing is read before it is known of which series. */
  readonly ahead?: ReadsAhead;
}

/** A tenant's samples, for one query of the engine of PromQL: it may hold so many, whichever of its selectors they are of. */
export function createSampleSource({ tenant, rollups, ahead, ...options }: SampleSourceOptions): SampleSource {
  const { reader, limits } = options;
  const budget = { left: limits.maxSamples };
  function begin(selection: Selection, context: ReadContext): Pick<ReadAhead, "reader"> & Disposable {
    const begun = ahead?.begin(selection, context);
    return { reader: begun?.reader ?? reader, [Symbol.dispose]: () => begun?.end() };
  }
  return {
    async select(selection, signal) {
      const context = { tenant, signal };
      const { matchers, startMs, endMs } = selection;
      using reading = begin(selection, context);
      const found = await findStored(options, { matchers, range: seriesRange(startMs, endMs), context });
      const set = createSeriesSet();
      const own = createPart(budget);
      selection.whenReleased(own.release);
      for (const wanted of sameWantedByTable(found, matchers)) {
        await readTable(reading.reader, {
          wanted,
          params: found.params,
          selection,
          set,
          budget: own,
          rollups,
          context,
        });
      }
      return set.series();
    },
  };
}

interface TableRead {
  readonly wanted: WantedOfTable;
  readonly params: Params;
  readonly selection: Selection;
  readonly set: SeriesSet;
  readonly budget: SampleBudget;
  readonly rollups: KnownRollups;
  readonly context: ReadContext;
}

async function readTable(reader: Reader, question: TableRead): Promise<void> {
  const { wanted, selection, rollups, context } = question;
  const series = wanted.all.map((one) => one.series);
  const metrics = [...new Set(series.map(({ metric }) => metric))];
  const plan = await planTable(rollups, { table: wanted.table, selection, series, ...context });
  tellOfBuckets(plan, metrics, selection.notes);
  const { stepMs, windowMs } = selection.hints;
  const seen = { lastSeenMs: selection.endMs, stepMs, seenMs: windowMs ?? 0 };
  const params = { ...question.params, ...seen, metrics, fingerprints: wanted.named };
  for (const read of plan.reads) {
    const times = { startMs: read.afterMs + 1, endMs: read.untilMs };
    await readPart(reader, { ...question, read, isExact: plan.isExact, params: { ...params, ...times } });
  }
}

interface PartRead extends TableRead {
  readonly read: PlannedRead;
  readonly isExact: boolean;
}

async function readPart(reader: Reader, question: PartRead): Promise<void> {
  const { wanted, read, isExact, selection, ...rest } = question;
  const { hints, endMs } = selection;
  const { width, afterMs, untilMs } = read;
  if (width !== null) {
    const buckets = { read: { afterMs, untilMs, width }, hints, endMs, isExact, selected: whichSeries(question) };
    return await readBuckets(reader, { ...rest, ...buckets, wanted });
  }
  const selected = (isSparse(hints) ? seenSql : "") + whichSeries(question);
  if (wanted.table.name !== "metrics_samples" || untilMs - afterMs > MAX_FLOATS_RANGE_MS) {
    const take = (one: WantedSeries, run: SampleRun) =>
      wanted.table.add(run, { ...one, isSelected: wanted.isSelected, set: rest.set, isRolledUp: false });
    return await readRows(reader, {
      ...rest,
      table: wanted.table,
      selected,
      byFingerprint: wanted.byFingerprint,
      take,
    });
  }
  const { all, byFingerprint } = wanted;
  const newestUntilMs = isOfNewest(hints) ? untilMs : null;
  // Each is taken once: where the newest are wanted, nothing is asked for behind them.
  const pieces = new Array<SamplePiece | undefined>(all.length).fill(undefined);
  const take = ({ place, series: { isDelta } }: WantedSeries, { times, values }: Floats) => {
    pieces[place] = { times, values, histograms: null, weights: null, isDelta };
  };
  const times = { startMs: afterMs + 1, endMs: untilMs, newestUntilMs };
  await readFloats(reader, { ...rest, selected, ...times, all, byFingerprint, take });
  addPieces(wanted.inLabelOrder(), pieces, rest.set);
}

/** Adds what there is of each series by its place. */
function addPieces(
  { labels, places, areDifferent }: LabelledSeries,
  pieces: readonly (SamplePiece | undefined)[],
  set: SeriesSet,
): void {
  const ofLabels = Array.from(places, (place) => pieces[place]);
  if (areDifferent) set.addAll(labels, ofLabels);
  else for (const [at, piece] of ofLabels.entries()) if (piece !== undefined) set.add(labels[at] ?? noLabels, piece);
}

/** Whether the newest sample of each series is all that is wanted. */
export function isOfNewest({ rangeMs, stepMs, windowMs }: SelectHints): boolean {
  return rangeMs === 0 && stepMs === 0 && windowMs !== null;
}

/** The condition on the series of the metrics, in SQL; "" where all of them are asked for or the database cannot tell. */
function whichSeries({ wanted, selection: { matchers } }: PartRead): string {
  if (wanted.named.length > 0) return namedSql;
  return selectsInDatabase(matchers) ? selectedSql({ matchers }) : "";
}
