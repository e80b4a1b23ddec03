import { invalid } from "@sightline/errors/app-error";
import {
  type ListLabelNamesRequest,
  type ListLabelNamesResponse,
  type ListLabelValuesRequest,
  type ListLabelValuesResponse,
  type ListPromqlSeriesRequest,
  ListPromqlSeriesResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { isLabelName } from "@sightline/query/promql/label-names";
import { compareLabels, type Labels, noLabels } from "@sightline/query/promql/labels";
import type { ReadContext } from "../query/reader.ts";
import { allLabelNames, allLabelValues } from "./all-labels.ts";
import { findSeries } from "./find-series.ts";
import { flat, type PromqlOptions } from "./query-promql.ts";
import { readSelectors } from "./selectors.ts";
import { seriesRange } from "./series-range.ts";

const SERIES_PER_MESSAGE = 5000;

type ListOptions = Pick<PromqlOptions, "reader" | "limits" | "catalog">;

interface Listed {
  readonly matches: readonly string[];
  readonly startUnixMs: bigint;
  readonly endUnixMs: bigint;
}

function rangeOf({ startUnixMs, endUnixMs }: Listed) {
  if (endUnixMs < startUnixMs) throw invalid('invalid parameter "end": end timestamp must not be before start time');
  return seriesRange(Number(startUnixMs), Number(endUnixMs));
}

/** The series that fulfil any of the selectors; those that fulfil several of them several times. */
async function selected(options: ListOptions, request: Listed, context: ReadContext): Promise<Labels[]> {
  const range = rangeOf(request);
  const found: Labels[] = [];
  for (const matchers of readSelectors(request.matches)) {
    for (const labels of await findSeries(options, { matchers, range, context })) found.push(labels);
  }
  return found;
}

/** Series in the order of their labels, each once. */
function ordered(series: Labels[]): Labels[] {
  const sorted = series.sort(compareLabels);
  return sorted.filter((labels, at) => at === 0 || compareLabels(sorted[at - 1] ?? noLabels, labels) !== 0);
}

export function listPromqlSeries(options: ListOptions) {
  return async function* (request: ListPromqlSeriesRequest, context: ReadContext) {
    if (request.matches.length === 0) throw invalid("no match[] parameter provided");
    const all = ordered(await selected(options, request, context));
    const end = request.limit === 0 ? all.length : Math.min(request.limit, all.length);
    for (let at = 0; at === 0 || at < end; at += SERIES_PER_MESSAGE) {
      const part = all.slice(at, Math.min(at + SERIES_PER_MESSAGE, end));
      yield ListPromqlSeriesResponse.create({
        series: part.map((labels) => ({ labels: flat(labels), unixMs: [], values: [], histograms: [] })),
        truncated: end < all.length && at + SERIES_PER_MESSAGE >= end,
      });
    }
  };
}

export function listLabelNames(options: ListOptions) {
  return async (request: ListLabelNamesRequest, context: ReadContext): Promise<ListLabelNamesResponse> => {
    const names = new Set<string>();
    if (request.matches.length === 0) {
      for (const name of await allLabelNames(options, rangeOf(request), context)) names.add(name);
    } else {
      for (const labels of await selected(options, request, context)) for (const { name } of labels) names.add(name);
    }
    const { items, truncated } = cut(names, request.limit);
    return { names: items, truncated };
  };
}

export function listLabelValues(options: ListOptions) {
  return async (request: ListLabelValuesRequest, context: ReadContext): Promise<ListLabelValuesResponse> => {
    const { name } = request;
    if (!isLabelName(name)) throw invalid(`invalid label name: ${JSON.stringify(name)}`);
    const values = new Set<string>();
    if (request.matches.length === 0) {
      for (const value of await allLabelValues(options, { name, range: rangeOf(request), context })) values.add(value);
    } else {
      for (const labels of await selected(options, request, context)) {
        for (const label of labels) if (label.name === name) values.add(label.value);
      }
    }
    const { items, truncated } = cut(values, request.limit);
    return { values: items, truncated };
  };
}

function cut(texts: ReadonlySet<string>, limit: number): { items: string[]; truncated: boolean } {
  const items = [...texts].sort();
  if (limit === 0 || items.length <= limit) return { items, truncated: false };
  return { items: items.slice(0, limit), truncated: true };
}
