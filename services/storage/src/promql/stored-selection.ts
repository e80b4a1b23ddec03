import type { LabelMatcher } from "@sightline/query/promql/ast";
import { createMatch } from "@sightline/query/promql/matcher";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { matcherParams } from "./matchers.ts";
import { metricsBehind, type NamedPart, partsOf } from "./metric-names.ts";
import type { SeriesBlock, StoredSeries } from "./read-series.ts";
import type { SeriesCatalog } from "./series-catalog.ts";

export interface SelectionOptions {
  readonly reader: Reader;
  readonly limits: SelectionLimits;
  readonly catalog: SeriesCatalog;
}

export interface SelectionQuestion {
  readonly matchers: readonly LabelMatcher[];
  /** As of `seriesRange`. */
  readonly range: Params;
  readonly context: ReadContext;
}

/** The stored series that may be what a selector selects: conditions on labels that are made of what is stored are not looked at. */
export interface StoredSelection extends SeriesBlock {
  /** For statements about their samples, beside the metrics. */
  readonly params: Params;
  /** What of a series is asked for. */
  partsOf(series: StoredSeries): readonly NamedPart[];
}

/** Finds the stored series of a selector. Throws resource_exhausted where they are more than there may be. */
export async function findStored(
  { reader, limits, catalog }: SelectionOptions,
  { matchers, range, context }: SelectionQuestion,
): Promise<StoredSelection> {
  const parts = async () => await findMetrics(reader, { matchers, range, limits, context });
  const metrics = exactMetrics(matchers) ?? [...new Set((await parts()).map(({ metric }) => metric))];
  const params = { ...range, ...matcherParams(matchers) };
  const found =
    metrics.length === 0
      ? { fingerprints: new BigUint64Array(0), series: [] }
      : await catalog.find({ matchers, params: { ...params, metrics }, maxSeries: limits.maxSeries, context });
  return { ...found, params, partsOf: createParts(matchers) };
}

/** The metrics that may have the name by which a selector asks; undefined where it names none. */
export function exactMetrics(matchers: readonly LabelMatcher[]): readonly string[] | undefined {
  const exact = matchers.find(({ name, operator, value }) => name === "__name__" && operator === "=" && value !== "");
  return exact === undefined ? undefined : metricsBehind(exact.value);
}

/** What of a series a selector asks for, by the names that it may have. */
export function createParts(matchers: readonly LabelMatcher[]): StoredSelection["partsOf"] {
  const tests = matchers.filter(({ name }) => name === "__name__").map(createMatch);
  const known = new Map<string, Map<string, readonly NamedPart[]>>();
  return ({ metric, type }) => {
    const ofType = known.get(type) ?? new Map<string, readonly NamedPart[]>();
    known.set(type, ofType);
    const parts =
      ofType.get(metric) ?? partsOf(metric, [type]).filter(({ name }) => tests.every((matches) => matches(name)));
    ofType.set(metric, parts);
    return parts;
  };
}
