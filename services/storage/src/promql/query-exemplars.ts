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
import type { Params, ReadContext } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { createFingerprintMap, type FingerprintMap } from "./fingerprint-map.ts";
import { createMadeLabelsMatch, selectsInDatabase } from "./matchers.ts";
import { flat } from "./query-promql.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import { seriesRange } from "./series-range.ts";
import { seriesStatement } from "./series-statement.ts";
import { findStored, type SelectionOptions } from "./stored-selection.ts";
import { wordsOf } from "./words.ts";

const exemplarsSql = readFileSync(new URL("./sql/exemplars.sql", import.meta.url), "utf8");

const namedSql = readFileSync(new URL("./sql/named.sql", import.meta.url), "utf8");
const selectedSql = seriesStatement(readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"));

/** How many a selector finds at most: the newest ones. */
const MAX_EXEMPLARS = 10_000;
/** How many series are told to the database at a time: they have to fit into the head of a request. */
const MAX_NAMED = 2000;

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

async function exemplarsOf(options: SelectionOptions, question: ExemplarQuestion) {
  const found = new Map<string, { readonly labels: Labels; readonly exemplars: Exemplar[] }>();
  const wanted = await findWanted(options, question);
  let read: FoundExemplar[] = [];
  for (const which of statementsFor(wanted, question.matchers)) {
    for await (const some of readExemplars(options.reader, { ...which, wanted, context: question.context })) {
      read.push(...some);
    }
    // The newest of all so far, and one that says that there are more.
    read = read.sort((a, b) => b.exemplar.unixMs - a.exemplar.unixMs).slice(0, MAX_EXEMPLARS + 1);
  }
  for (const { labels, exemplar } of read.slice(0, MAX_EXEMPLARS)) {
    const key = keyOf(labels);
    const known = found.get(key) ?? { labels, exemplars: [] };
    found.set(key, known);
    known.exemplars.push(exemplar);
  }
  return { found, truncated: read.length > MAX_EXEMPLARS };
}

/** Series whose exemplars are asked for. */
interface WantedExemplars {
  readonly params: Params;
  readonly metrics: readonly string[];
  readonly fingerprints: readonly bigint[];
  /** The labels of each, by its fingerprint. */
  readonly labels: FingerprintMap<Labels>;
  /** Whether they are all that the database finds by the conditions. */
  readonly areAll: boolean;
}

async function findWanted(
  options: SelectionOptions,
  { matchers, range, context }: ExemplarQuestion,
): Promise<WantedExemplars> {
  const stored = await findStored(options, { matchers, range, context });
  const labels = createFingerprintMap<Labels>();
  const words = wordsOf(stored.fingerprints);
  const isSelected = createMadeLabelsMatch(matchers);
  const metrics = new Set<string>();
  const fingerprints = stored.fingerprints.filter((_, at) => {
    const series = stored.series[at];
    const name = series && stored.partsOf(series).at(-1)?.name;
    if (series === undefined || name === undefined) return false;
    const made = sameSeriesLabels(name, series);
    if (!isSelected(made)) return false;
    labels.set(words, at, made);
    metrics.add(series.metric);
    return true;
  });
  const areAll = fingerprints.length === stored.series.length;
  return { params: stored.params, metrics: [...metrics], fingerprints: [...fingerprints], labels, areAll };
}

interface WhichExemplars {
  /** The condition on the series of the metrics, in SQL. */
  readonly selected: string;
  readonly fingerprints: readonly bigint[];
}

/** How the exemplars of series are read, and of no others: those would take the place of some in the newest. */
function statementsFor(
  { fingerprints, areAll }: WantedExemplars,
  matchers: readonly LabelMatcher[],
): readonly WhichExemplars[] {
  if (areAll && fingerprints.length > MAX_NAMED) {
    return [{ selected: selectsInDatabase(matchers) ? selectedSql({ matchers }) : "", fingerprints: [] }];
  }
  return Array.from({ length: Math.ceil(fingerprints.length / MAX_NAMED) }, (_, at) => ({
    selected: namedSql,
    fingerprints: fingerprints.slice(at * MAX_NAMED, (at + 1) * MAX_NAMED),
  }));
}

interface FoundExemplar {
  readonly labels: Labels;
  readonly exemplar: Exemplar;
}

interface ExemplarsRead extends WhichExemplars {
  readonly wanted: WantedExemplars;
  readonly context: ReadContext;
}

async function* readExemplars(
  reader: SelectionOptions["reader"],
  { selected, fingerprints, wanted, context }: ExemplarsRead,
): AsyncGenerator<FoundExemplar[]> {
  const params = { ...wanted.params, metrics: wanted.metrics, fingerprints, limit: MAX_EXEMPLARS + 1 };
  for await (const block of reader.readColumns(fill(exemplarsSql, { selected }), params, context)) {
    const [times, values] = [doubles(block, "time"), doubles(block, "value")];
    const [traceIds, spanIds] = [texts(block, "traceId"), texts(block, "spanId")];
    const attributes = textMaps(block, "attributes");
    const words = wordsOf(bigints(block, "fingerprint"));
    yield Array.from({ length: block.rows }, (_, row) => {
      const labels = wanted.labels.get(words, row);
      const ids = [
        ["trace_id", traceIds[row] ?? ""],
        ["span_id", spanIds[row] ?? ""],
      ] as const;
      const own = flat(labelsOf([...attributes(row), ...ids]));
      const exemplar = { unixMs: times[row] ?? 0, value: values[row] ?? 0, labels: own };
      return labels === undefined ? [] : [{ labels, exemplar }];
    }).flat();
  }
}
