import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { SampleSource, Selection } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { createMadeLabelsMatch, matcherParams, selectsInDatabase } from "./matchers.ts";
import type { NamedPart } from "./metric-names.ts";
import { readSeries, type StoredSeries } from "./read-series.ts";
import { type SampleRun, sampleRuns } from "./sample-runs.ts";
import { SAMPLE_TABLES, type SampleTable } from "./sample-tables.ts";
import { seriesRange } from "./series-range.ts";
import { createSeriesSet, type SeriesSet } from "./series-set.ts";

const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const samplesSql = readFileSync(new URL("./sql/samples.sql", import.meta.url), "utf8");
const selectedSql = fill(readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"), { conditions });

export interface SampleSourceOptions {
  readonly reader: Reader;
  readonly tenant: string;
  readonly limits: SelectionLimits;
}

/** A tenant's samples, for the engine of PromQL. */
export function createSampleSource({ reader, tenant, limits }: SampleSourceOptions): SampleSource {
  return {
    async select(selection, signal) {
      const context = { tenant, signal };
      const range = seriesRange(selection.startMs, selection.endMs);
      const parts = await findMetrics(reader, { matchers: selection.matchers, range, limits, context });
      if (parts.length === 0) return [];
      const names = [...new Set(parts.map(({ metric }) => metric))];
      const params = { ...range, metrics: names, ...matcherParams(selection.matchers) };
      const stored = await readSeries(reader, { params, maxSeries: limits.maxSeries, context });
      const set = createSeriesSet();
      const budget = { left: limits.maxSamples };
      for (const table of SAMPLE_TABLES) {
        await readTable(reader, { table, stored, parts, params, selection, set, budget, context });
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
  /** How many samples may still be read. */
  readonly budget: { left: number };
  readonly context: ReadContext;
}

async function readTable(reader: Reader, question: TableRead): Promise<void> {
  const { table, stored, parts, params, selection, set, budget, context } = question;
  const ofTable = new Set<string>();
  for (const { type, metric } of stored.values()) if (table.types.includes(type)) ofTable.add(metric);
  const wanted = Map.groupBy(
    parts.filter(({ metric }) => ofTable.has(metric)),
    ({ metric }) => metric,
  );
  if (wanted.size === 0) return;
  const sql = fill(samplesSql, {
    table: table.name,
    columns: table.columns,
    selected: selectsInDatabase(selection.matchers) ? selectedSql : "",
  });
  const isSelected = createMadeLabelsMatch(selection.matchers);
  const add = (run: SampleRun) => {
    const series = stored.get(run.fingerprint);
    if (series === undefined || !table.types.includes(series.type)) return;
    table.add(run, { series, parts: wanted.get(series.metric) ?? [], isSelected, set, isRolledUp: false });
  };
  for await (const block of reader.readColumns(sql, { ...params, metrics: [...wanted.keys()] }, context)) {
    budget.left -= block.rows;
    if (budget.left < 0) throw tooManySamples();
    for (const run of sampleRuns(block)) add(run);
  }
}

/** The words of Prometheus, which people look for. */
function tooManySamples(): AppError {
  return new AppError(
    "resource_exhausted",
    "query processing would load too many samples into memory in query execution",
  );
}
