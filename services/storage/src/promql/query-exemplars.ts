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
import type { ReadContext } from "../query/reader.ts";
import { createFingerprintMap } from "./fingerprint-map.ts";
import { createMadeLabelsMatch } from "./matchers.ts";
import { flat } from "./query-promql.ts";
import type { StoredSeries } from "./read-series.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import { seriesRange } from "./series-range.ts";
import { findStored, type SelectionOptions } from "./stored-selection.ts";
import { wordsOf } from "./words.ts";

const exemplarsSql = readFileSync(new URL("./sql/exemplars.sql", import.meta.url), "utf8");

/** How many a selector finds at most: the newest ones. */
const MAX_EXEMPLARS = 10_000;

/** The exemplars of the series that the selectors of a query select, whatever else it does with them. */
export function queryExemplars(options: SelectionOptions) {
  return async (request: QueryExemplarsRequest, context: ReadContext): Promise<QueryExemplarsResponse> => {
    const { expression } = readQuery(request.query);
    const range = seriesRange(Number(request.startUnixMs), Number(request.endUnixMs));
    const found = new Map<string, { readonly labels: Labels; readonly exemplars: Exemplar[] }>();
    let truncated = false;
    for (const matchers of selectorsOf(expression)) {
      const selected = await exemplarsOf(options, { matchers, range, context });
      for (const [key, series] of selected.found) found.set(key, series);
      truncated ||= selected.truncated;
    }
    const series = [...found.values()].sort((a, b) => compareLabels(a.labels, b.labels));
    return {
      series: series.map(({ labels, exemplars }) => ({ labels: flat(labels), exemplars: exemplars.toReversed() })),
      truncated,
    };
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

async function exemplarsOf(options: SelectionOptions, { matchers, range, context }: ExemplarQuestion) {
  const found = new Map<string, { readonly labels: Labels; readonly exemplars: Exemplar[] }>();
  const stored = await findStored(options, { matchers, range, context });
  let read = 0;
  if (stored.series.length === 0) return { found, truncated: false };
  const metrics = [...new Set(stored.series.map(({ metric }) => metric))];
  const byFingerprint = createFingerprintMap<StoredSeries>(stored.series.length);
  const words = wordsOf(stored.fingerprints);
  for (const [at, series] of stored.series.entries()) byFingerprint.set(words, at, series);
  const isSelected = createMadeLabelsMatch(matchers);
  const params = { ...stored.params, metrics, limit: MAX_EXEMPLARS + 1 };
  for await (const block of options.reader.readColumns(exemplarsSql, params, context)) {
    const [times, values] = [doubles(block, "time"), doubles(block, "value")];
    const [traceIds, spanIds] = [texts(block, "traceId"), texts(block, "spanId")];
    const attributes = textMaps(block, "attributes");
    const fingerprints = wordsOf(bigints(block, "fingerprint"));
    const rows = Math.min(block.rows, MAX_EXEMPLARS - read);
    read += block.rows;
    for (let row = 0; row < rows; row++) {
      const series = byFingerprint.get(fingerprints, row);
      const name = series && stored.partsOf(series).at(-1)?.name;
      if (series === undefined || name === undefined) continue;
      const labels = sameSeriesLabels(name, series);
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
  return { found, truncated: read > MAX_EXEMPLARS };
}
