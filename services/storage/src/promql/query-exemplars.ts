import { readFileSync } from "node:fs";
import type {
  Exemplar,
  QueryExemplarsRequest,
  QueryExemplarsResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { type Expression, type LabelMatcher, partsOf as partsOfExpression } from "@sightline/query/promql/ast";
import { readQuery } from "@sightline/query/promql/engine";
import { compareLabels, keyOf, type Labels, labelsOf } from "@sightline/query/promql/labels";
import { bigints, doubles, textMaps, texts } from "../query/block-columns.ts";
import type { ReadContext, Reader } from "../query/reader.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { createMadeLabelsMatch, matcherParams } from "./matchers.ts";
import { flat } from "./query-promql.ts";
import { readSeries } from "./read-series.ts";
import { seriesLabels } from "./series-labels.ts";
import { seriesRange } from "./series-range.ts";

const exemplarsSql = readFileSync(new URL("./sql/exemplars.sql", import.meta.url), "utf8");

const MAX_EXEMPLARS = 10_000;

interface ExemplarOptions {
  readonly reader: Reader;
  readonly limits: SelectionLimits;
}

/** The exemplars of the series that the selectors of a query select, whatever else it does with them. */
export function queryExemplars(options: ExemplarOptions) {
  return async (request: QueryExemplarsRequest, context: ReadContext): Promise<QueryExemplarsResponse> => {
    const { expression } = readQuery(request.query);
    const range = seriesRange(Number(request.startUnixMs), Number(request.endUnixMs));
    const found = new Map<string, { readonly labels: Labels; readonly exemplars: Exemplar[] }>();
    for (const matchers of selectorsOf(expression)) {
      for (const [key, series] of await exemplarsOf(options, { matchers, range, context })) found.set(key, series);
    }
    const series = [...found.values()].sort((a, b) => compareLabels(a.labels, b.labels));
    return { series: series.map(({ labels, exemplars }) => ({ labels: flat(labels), exemplars })) };
  };
}

function selectorsOf(expression: Expression): (readonly LabelMatcher[])[] {
  if (expression.kind === "vector-selector") return [expression.matchers];
  return partsOfExpression(expression).flatMap(selectorsOf);
}

interface ExemplarQuestion {
  readonly matchers: readonly LabelMatcher[];
  readonly range: ReturnType<typeof seriesRange>;
  readonly context: ReadContext;
}

async function exemplarsOf({ reader, limits }: ExemplarOptions, { matchers, range, context }: ExemplarQuestion) {
  const found = new Map<string, { readonly labels: Labels; readonly exemplars: Exemplar[] }>();
  const parts = await findMetrics(reader, { matchers, range, limits, context });
  if (parts.length === 0) return found;
  const nameOf = new Map(parts.map(({ metric, name }) => [metric, name]));
  const params = { ...range, metrics: [...nameOf.keys()], ...matcherParams(matchers) };
  const stored = await readSeries(reader, { params, maxSeries: limits.maxSeries, context });
  const isSelected = createMadeLabelsMatch(matchers);
  for await (const block of reader.readColumns(exemplarsSql, { ...params, limit: MAX_EXEMPLARS }, context)) {
    const [times, values] = [doubles(block, "time"), doubles(block, "value")];
    const [traceIds, spanIds] = [texts(block, "traceId"), texts(block, "spanId")];
    const attributes = textMaps(block, "attributes");
    for (const [row, fingerprint] of bigints(block, "fingerprint").entries()) {
      const series = stored.get(fingerprint);
      if (series === undefined) continue;
      const labels = seriesLabels(nameOf.get(series.metric) ?? series.metric, series);
      if (!isSelected(labels)) continue;
      const known = found.get(keyOf(labels)) ?? { labels, exemplars: [] };
      found.set(keyOf(labels), known);
      const ids = [
        ["trace_id", traceIds[row] ?? ""],
        ["span_id", spanIds[row] ?? ""],
      ] as const;
      const own = flat(labelsOf([...attributes(row), ...ids]));
      known.exemplars.push({ unixMs: times[row] ?? 0, value: values[row] ?? 0, labels: own });
    }
  }
  return found;
}
