import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { createMatch } from "@sightline/query/promql/matcher";
import type { SampleSource, Selection } from "@sightline/query/promql/source";
import { z } from "zod";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import { createMadeLabelsMatch, matcherParams, selectsInDatabase } from "./matchers.ts";
import { metricsBehind, type NamedPart, partsOf } from "./metric-names.ts";
import { readSeries, type StoredSeries } from "./read-series.ts";
import { type SampleRun, sampleRuns } from "./sample-runs.ts";
import { SAMPLE_TABLES, type SampleTable } from "./sample-tables.ts";
import { createSeriesSet, type SeriesSet } from "./series-set.ts";

const metricsSql = readFileSync(new URL("./sql/metrics.sql", import.meta.url), "utf8");
const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const samplesSql = readFileSync(new URL("./sql/samples.sql", import.meta.url), "utf8");
const selectedSql = fill(readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"), { conditions });

const metrics = { sql: metricsSql, row: z.object({ name: z.string(), types: z.array(z.string()) }) };

/** How much one selection may read. */
export interface SelectionLimits {
  readonly maxMetrics: number;
  readonly maxSeries: number;
  readonly maxSamples: number;
}

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
      const range = { startMs: selection.startMs, endMs: selection.endMs, seenLagMs: SERIES_SEEN_LAG_MS };
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

interface MetricsQuestion {
  readonly matchers: readonly LabelMatcher[];
  readonly range: Params;
  readonly limits: SelectionLimits;
  readonly context: ReadContext;
}

/** The stored metrics that the conditions on the name leave, and what of each is asked for. */
async function findMetrics(reader: Reader, question: MetricsQuestion): Promise<NamedPart[]> {
  const { matchers, range, limits, context } = question;
  const onName = matchers.filter(({ name }) => name === "__name__");
  const equal = onName.find(({ operator, value }) => operator === "=" && value !== "");
  const names = equal === undefined ? [] : metricsBehind(equal.value);
  const rows = await reader.read(metrics, { ...range, names, limit: limits.maxMetrics + 1 }, context);
  if (rows.length > limits.maxMetrics) {
    const message = `cannot select metrics: got more than ${limits.maxMetrics}, want at most that many; give a name`;
    throw new AppError("resource_exhausted", message);
  }
  const tests = onName.map(createMatch);
  return rows
    .flatMap(({ name, types }) => partsOf(name, types))
    .filter(({ name }) => tests.every((matches) => matches(name)));
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
    table.add(run, { series, parts: wanted.get(series.metric) ?? [], isSelected, hints: selection.hints, set });
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
