import { readFileSync } from "node:fs";
import { formatNumber } from "@sightline/gotext/format-float";
import type { Labels } from "@sightline/query/promql/labels";
import { doubleArrays } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import type { NamedPart } from "./metric-names.ts";
import { sampleRuns } from "./sample-runs.ts";
import { sameSeriesLabels, seriesLabels, withLabel } from "./series-labels.ts";
import { findStored, type SelectionOptions, type SelectionQuestion } from "./stored-selection.ts";
import { type WantedOfTable, type WantedSeries, wantedByTable } from "./wanted-series.ts";

/** What tells, of a table, which values a label of its parts has for each series. */
const BOUNDS: Readonly<Record<string, string>> = {
  metrics_histograms: readFileSync(new URL("./sql/bounds.sql", import.meta.url), "utf8"),
  metrics_summaries: readFileSync(new URL("./sql/quantiles.sql", import.meta.url), "utf8"),
};

/**
 * The labels of all series that fulfil the conditions, without looking at their samples; twice what is stored as two series. Throws
 * resource_exhausted where they are more than there may be.
 */
export async function findSeries(options: SelectionOptions, question: SelectionQuestion): Promise<Labels[]> {
  const { matchers, context } = question;
  const stored = await findStored(options, question);
  const found: Labels[] = [];
  for (const wanted of wantedByTable(stored, matchers)) {
    const bounds = await readBounds(options.reader, { wanted, params: stored.params, context });
    for (const one of wanted.all) {
      for (const part of one.parts) {
        for (const labels of labelsOf(one, part, bounds.get(one) ?? noBounds)) {
          if (part.label === undefined || wanted.isSelected(labels)) found.push(labels);
        }
      }
    }
  }
  return found;
}

const noBounds = new Float64Array(0);

/** The series that a part of a stored one is: of buckets and quantiles one for each. */
function labelsOf({ series }: WantedSeries, { name, label }: NamedPart, bounds: Float64Array): Labels[] {
  if (label === undefined) return [sameSeriesLabels(name, series)];
  const values = Array.from(bounds, formatNumber);
  if (label === "le") values.push("+Inf");
  return values.map((value) => seriesLabels(name, withLabel(series, label, value)));
}

interface BoundsQuestion {
  readonly wanted: WantedOfTable;
  readonly params: Params;
  readonly context: ReadContext;
}

async function readBounds(reader: Reader, { wanted, params, context }: BoundsQuestion) {
  const found = new Map<WantedSeries, Float64Array>();
  const { table, all, byFingerprint } = wanted;
  const sql = BOUNDS[table.name];
  const asking = all.filter(({ parts }) => parts.some(({ label }) => label !== undefined));
  if (sql === undefined || asking.length === 0) return found;
  const metrics = [...new Set(asking.map(({ series }) => series.metric))];
  for await (const block of reader.readColumns(sql, { ...params, metrics }, context)) {
    const bounds = doubleArrays(block, "bounds");
    for (const { of, start } of sampleRuns(block, byFingerprint)) found.set(of, bounds(start));
  }
  return found;
}
