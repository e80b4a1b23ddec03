import { readFileSync } from "node:fs";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { keyOf, type Labels } from "@sightline/query/promql/labels";
import { bigints, doubleArrays } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { createMadeLabelsMatch, matcherParams } from "./matchers.ts";
import type { NamedPart } from "./metric-names.ts";
import { readSeries, type StoredSeries } from "./read-series.ts";
import { seriesLabels, withLabel } from "./series-labels.ts";

const boundsSql = readFileSync(new URL("./sql/bounds.sql", import.meta.url), "utf8");
const quantilesSql = readFileSync(new URL("./sql/quantiles.sql", import.meta.url), "utf8");

export interface FindSeries {
  readonly matchers: readonly LabelMatcher[];
  /** As of `seriesRange`. */
  readonly range: Params;
  readonly limits: SelectionLimits;
  readonly context: ReadContext;
}

/** The labels of all series that fulfil the conditions, by what tells them apart; without looking at their samples. */
export async function findSeries(reader: Reader, question: FindSeries): Promise<Map<string, Labels>> {
  const { matchers, range, limits, context } = question;
  const parts = await findMetrics(reader, { matchers, range, limits, context });
  if (parts.length === 0) return new Map();
  const metrics = [...new Set(parts.map(({ metric }) => metric))];
  const params = { ...range, metrics, ...matcherParams(matchers) };
  const stored = await readSeries(reader, { params, maxSeries: limits.maxSeries, context });
  const wanted = Map.groupBy(parts, ({ metric }) => metric);
  const read = (sql: string, type: string) => readBounds(reader, sql, { stored, wanted, type, params, context });
  const bounds = await read(boundsSql, "histogram");
  const quantiles = await read(quantilesSql, "summary");
  const isSelected = createMadeLabelsMatch(matchers);
  const found = new Map<string, Labels>();
  for (const [fingerprint, series] of stored) {
    for (const part of wanted.get(series.metric) ?? []) {
      const values = series.type === "summary" ? quantiles.get(fingerprint) : bounds.get(fingerprint);
      for (const one of seriesOfPart(series, part, values ?? [])) {
        const labels = seriesLabels(part.name, one);
        if (isSelected(labels)) found.set(keyOf(labels), labels);
      }
    }
  }
  return found;
}

/** What of a stored series a part is: of buckets and quantiles one for each. */
function seriesOfPart(series: StoredSeries, { part }: NamedPart, bounds: ArrayLike<number>): StoredSeries[] {
  if (part === "bucket") return [...Array.from(bounds, String), "+Inf"].map((le) => withLabel(series, "le", le));
  if (part === "own" && series.type === "summary") {
    return Array.from(bounds, (quantile) => withLabel(series, "quantile", String(quantile)));
  }
  return [series];
}

interface BoundsQuestion {
  readonly stored: ReadonlyMap<bigint, StoredSeries>;
  readonly wanted: ReadonlyMap<string, readonly NamedPart[]>;
  readonly type: string;
  readonly params: Params;
  readonly context: ReadContext;
}

async function readBounds(reader: Reader, sql: string, question: BoundsQuestion): Promise<Map<bigint, Float64Array>> {
  const { stored, wanted, type, params, context } = question;
  const needs = ({ part }: NamedPart) => part === (type === "summary" ? "own" : "bucket");
  const metrics = new Set<string>();
  for (const series of stored.values()) {
    if (series.type === type && wanted.get(series.metric)?.some(needs)) metrics.add(series.metric);
  }
  const found = new Map<bigint, Float64Array>();
  if (metrics.size === 0) return found;
  for await (const block of reader.readColumns(sql, { ...params, metrics: [...metrics] }, context)) {
    const bounds = doubleArrays(block, "bounds");
    for (const [row, fingerprint] of bigints(block, "fingerprint").entries()) found.set(fingerprint, bounds(row));
  }
  return found;
}
