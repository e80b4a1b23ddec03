import { readFileSync } from "node:fs";
import type { Labels } from "@sightline/query/promql/labels";
import type { SampleSource, Selection } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { type FloatSeries, MAX_FLOATS_RANGE_MS, readFloats } from "./float-samples.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { createMadeLabelsMatch, matcherParams, selectsInDatabase } from "./matchers.ts";
import type { NamedPart } from "./metric-names.ts";
import { planTable, tellOfBuckets } from "./plan-table.ts";
import { isSparse, readBuckets } from "./read-buckets.ts";
import type { StoredSeries } from "./read-series.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import { sampleRuns } from "./sample-runs.ts";
import { SAMPLE_TABLES, type SampleTable } from "./sample-tables.ts";
import type { SeriesCatalog } from "./series-catalog.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import { seriesRange } from "./series-range.ts";
import { createSeriesSet, type SeriesSet } from "./series-set.ts";

const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const samplesSql = readFileSync(new URL("./sql/samples.sql", import.meta.url), "utf8");
const seenSql = readFileSync(new URL("./sql/samples-seen.sql", import.meta.url), "utf8");
const selectedSql = fill(readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"), { conditions });

export interface SampleSourceOptions {
  readonly reader: Reader;
  readonly tenant: string;
  readonly limits: SelectionLimits;
  readonly catalog: SeriesCatalog;
  readonly rollups: KnownRollups;
}

/** A tenant's samples, for the engine of PromQL. */
export function createSampleSource({ reader, tenant, limits, catalog, rollups }: SampleSourceOptions): SampleSource {
  return {
    async select(selection, signal) {
      const context = { tenant, signal };
      const range = seriesRange(selection.startMs, selection.endMs);
      const parts = await findMetrics(reader, { matchers: selection.matchers, range, limits, context });
      if (parts.length === 0) return [];
      const names = [...new Set(parts.map(({ metric }) => metric))];
      const params = { ...range, metrics: names, ...matcherParams(selection.matchers) };
      const stored = await catalog.find({ params, maxSeries: limits.maxSeries, context });
      const set = createSeriesSet();
      const budget = { left: limits.maxSamples };
      for (const table of SAMPLE_TABLES) {
        await readTable(reader, { table, stored, parts, params, selection, set, budget, rollups, context });
      }
      return set.series();
    },
  };
}

interface TableRead {
  readonly table: SampleTable;
  readonly stored: ReadonlyMap<bigint, StoredSeries>;
  readonly parts: readonly NamedPart[];
  readonly params: Params;
  readonly selection: Selection;
  readonly set: SeriesSet;
  readonly budget: SampleBudget;
  readonly rollups: KnownRollups;
  readonly context: ReadContext;
}

async function readTable(reader: Reader, question: TableRead): Promise<void> {
  const { table, stored, parts, params, selection, rollups, context } = question;
  const series = [...stored.values()].filter(({ type }) => table.types.includes(type));
  const ofTable = new Set(series.map(({ metric }) => metric));
  const wanted = Map.groupBy(
    parts.filter(({ metric }) => ofTable.has(metric)),
    ({ metric }) => metric,
  );
  if (wanted.size === 0) return;
  const asked = {
    wanted,
    selected: selectsInDatabase(selection.matchers) ? selectedSql : "",
    seen: isSparse(selection.hints) ? seenSql : "",
    isSelected: createMadeLabelsMatch(selection.matchers),
  };
  const { stepMs, windowMs } = selection.hints;
  const seen = { lastSeenMs: selection.endMs, stepMs, seenMs: windowMs ?? 0 };
  const plan = await planTable(rollups, { table, selection, series, ...context });
  tellOfBuckets(plan, [...wanted.keys()], selection.notes);
  for (const { afterMs, untilMs, width } of plan.reads) {
    const times = { startMs: afterMs + 1, endMs: untilMs };
    const part = { ...question, selection: { ...selection, ...times }, params: { ...params, ...seen, ...times } };
    if (width !== null)
      await readRolledUp(reader, part, { ...asked, width, isExact: plan.isExact, endMs: selection.endMs });
    else if (table.name === "metrics_samples" && untilMs - afterMs <= MAX_FLOATS_RANGE_MS)
      await readFloatTable(reader, part, asked);
    else await readRows(reader, part, asked);
  }
}

/** What of a fingerprint is asked for, of a table. */
function seriesOf({ table, stored }: TableRead, { wanted }: Asked, fingerprint: bigint) {
  const series = stored.get(fingerprint);
  if (series === undefined || !table.types.includes(series.type)) return undefined;
  return { series, parts: wanted.get(series.metric) ?? [] };
}

async function readRows(reader: Reader, question: TableRead, asked: Asked): Promise<void> {
  const { table, params, set, budget, context } = question;
  const { wanted, selected, seen, isSelected } = asked;
  const sql = fill(samplesSql, { table: table.name, columns: table.columns, selected: seen + selected });
  for await (const block of reader.readColumns(sql, { ...params, metrics: [...wanted.keys()] }, context)) {
    takeFrom(budget, block.rows);
    for (const run of sampleRuns(block)) {
      const use = seriesOf(question, asked, run.fingerprint);
      if (use !== undefined) table.add(run, { ...use, isSelected, set, isRolledUp: false });
    }
  }
}

interface RolledUp extends Asked {
  readonly width: number;
  readonly isExact: boolean;
  /** The last time that the query looks at. */
  readonly endMs: number;
}

async function readRolledUp(reader: Reader, question: TableRead, asked: RolledUp): Promise<void> {
  const { table, params, selection, set, budget, context } = question;
  const { startMs, endMs: untilMs, hints } = selection;
  const { wanted, width, seen: _, ...rest } = asked;
  await readBuckets(reader, {
    ...rest,
    table,
    read: { afterMs: startMs - 1, untilMs, width },
    hints,
    params: { ...params, metrics: [...wanted.keys()] },
    seriesOf: (fingerprint) => seriesOf(question, asked, fingerprint),
    set,
    count: (samples) => takeFrom(budget, samples),
    context,
  });
}

/** What of a table is asked for. */
interface Asked {
  readonly wanted: ReadonlyMap<string, readonly NamedPart[]>;
  /** The conditions that the database decides, in SQL. */
  readonly selected: string;
  /** That some step looks at a sample, in SQL; "" where they all do. */
  readonly seen: string;
  readonly isSelected: (labels: Labels) => boolean;
}

/** As many fingerprints as are told to the database one by one: they have to fit into the head of a request. */
const MAX_NAMED_SERIES = 200;

async function readFloatTable(reader: Reader, question: TableRead, asked: Asked): Promise<void> {
  const { table, stored, params, selection, set, budget, context } = question;
  const { startMs, hints } = selection;
  const series = new Map<bigint, FloatSeries>();
  for (const [fingerprint, one] of stored) {
    if (!table.types.includes(one.type)) continue;
    const named = (asked.wanted.get(one.metric) ?? []).map(({ name }) => sameSeriesLabels(name, one));
    const labels = named.filter(asked.isSelected);
    if (labels.length > 0) series.set(fingerprint, { labels, isDelta: one.isDelta });
  }
  if (series.size === 0) return;
  const areNamed = series.size <= MAX_NAMED_SERIES;
  await readFloats(reader, {
    params: { ...params, metrics: [...asked.wanted.keys()], fingerprints: areNamed ? [...series.keys()] : [] },
    selected: areNamed ? asked.seen : asked.seen + asked.selected,
    startMs,
    newestOnly: hints.rangeMs === 0 && hints.stepMs === 0 && hints.windowMs !== null,
    series,
    set,
    budget,
    context,
  });
}
