import { invalid } from "@sightline/errors/app-error";
import type {
  PromqlHistogram,
  PromqlSeries,
  QueryPromqlRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { PromqlResultType, QueryPromqlResponse } from "@sightline/proto/sightline/query/v1/promql_service";
import { type Engine, readQuery } from "@sightline/query/promql/engine";
import { allBuckets, type Histogram } from "@sightline/query/promql/histogram/histogram";
import { type Labels, noLabels } from "@sightline/query/promql/labels";
import type { QueryResult, ResultSample, ResultSeries } from "@sightline/query/promql/result";
import type { ReadContext, Reader } from "../query/reader.ts";
import type { SelectionLimits } from "./find-metrics.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { createSampleSource } from "./sample-source.ts";
import type { SeriesCatalog } from "./series-catalog.ts";

/** How many points a message has before the next one begins. */
const POINTS_PER_MESSAGE = 50_000;

export interface PromqlOptions {
  readonly reader: Reader;
  readonly engine: Engine;
  readonly limits: SelectionLimits;
  readonly catalog: SeriesCatalog;
  readonly rollups: KnownRollups;
}

/** Evaluates PromQL over a tenant's samples. */
export function queryPromql({ reader, engine, limits, catalog, rollups }: PromqlOptions) {
  return async function* (request: QueryPromqlRequest, context: ReadContext): AsyncGenerator<QueryPromqlResponse> {
    const query = readQuery(request.query);
    const source = createSampleSource({ reader, tenant: context.tenant, limits, catalog, rollups });
    const lookback = request.lookbackMs > 0n ? { lookbackMs: Number(request.lookbackMs) } : {};
    const run = { source, signal: context.signal, ...lookback };
    const { times } = request;
    switch (times?.$case) {
      case "unixMs":
        yield* messagesOf(await engine.instant(query, Number(times.value), run));
        break;
      case "range": {
        const { startUnixMs, endUnixMs, stepMs } = times.value;
        const range = { startMs: Number(startUnixMs), endMs: Number(endUnixMs), stepMs: Number(stepMs) };
        yield* messagesOf(await engine.range(query, range, run));
        break;
      }
      default:
        throw invalid("cannot evaluate the query: got no times, want unix_ms or range");
    }
  };
}

function* messagesOf({ value, warnings, infos }: QueryResult): Generator<QueryPromqlResponse> {
  const first = { warnings: [...warnings], infos: [...infos] };
  switch (value.kind) {
    case "matrix":
      yield* spread({ ...first, type: PromqlResultType.MATRIX }, value.series.map(seriesOf));
      break;
    case "vector":
      yield* spread({ ...first, type: PromqlResultType.VECTOR }, value.samples.map(sampleOf));
      break;
    case "scalar": {
      const series = [sampleOf({ labels: noLabels, ms: value.ms, value: value.value })];
      yield* spread({ ...first, type: PromqlResultType.SCALAR }, series);
      break;
    }
    case "string":
      yield QueryPromqlResponse.create({
        ...first,
        type: PromqlResultType.STRING,
        text: value.text,
        series: [{ labels: [], unixMs: [value.ms], values: [], histograms: [] }],
      });
  }
}

/** Series over as many messages as they need; at least one. */
function* spread(first: Partial<QueryPromqlResponse>, all: readonly PromqlSeries[]): Generator<QueryPromqlResponse> {
  let message = QueryPromqlResponse.create(first);
  let points = 0;
  for (const series of all) {
    message.series.push(series);
    points += series.unixMs.length + series.histograms.length;
    if (points < POINTS_PER_MESSAGE) continue;
    yield message;
    message = QueryPromqlResponse.create();
    points = 0;
  }
  if (message.series.length > 0 || all.length === 0) yield message;
}

function seriesOf({ labels, floats, histograms }: ResultSeries): PromqlSeries {
  return {
    labels: flat(labels),
    unixMs: floats.map(({ ms }) => ms),
    values: floats.map(({ value }) => value),
    histograms: histograms.map(({ ms, value }) => histogramOf(ms, value)),
  };
}

function sampleOf({ labels, ms, value }: ResultSample): PromqlSeries {
  if (typeof value !== "number") {
    return { labels: flat(labels), unixMs: [], values: [], histograms: [histogramOf(ms, value)] };
  }
  return { labels: flat(labels), unixMs: [ms], values: [value], histograms: [] };
}

/** Names and values by turns. */
export function flat(labels: Labels): string[] {
  return labels.flatMap(({ name, value }) => [name, value]);
}

function histogramOf(unixMs: number, histogram: Histogram): PromqlHistogram {
  const { count, sum } = histogram;
  return { unixMs, count, sum, buckets: allBuckets(histogram).filter((bucket) => bucket.count !== 0) };
}
