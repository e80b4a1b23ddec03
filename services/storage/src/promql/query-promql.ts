import { invalid } from "@sightline/errors/app-error";
import type {
  PromqlHistogram,
  PromqlSeries,
  QueryPromqlJsonRequest,
  QueryPromqlRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import {
  PromqlResultType,
  QueryPromqlJsonResponse,
  QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { type Engine, readQuery } from "@sightline/query/promql/engine";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { type Labels, noLabels } from "@sightline/query/promql/labels";
import type { QueryResult, ResultSample, ResultSeries, ResultValue } from "@sightline/query/promql/result";
import { resultJson, writtenHistogram } from "@sightline/query/promql/result-json";
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
export function queryPromql(options: PromqlOptions) {
  return async function* (request: QueryPromqlRequest, context: ReadContext): AsyncGenerator<QueryPromqlResponse> {
    yield* messagesOf(await evaluate(options, request, context));
  };
}

/** How many characters of JSON a message has before the next one begins. */
const CHARACTERS_PER_MESSAGE = 256 * 1024;

/** Evaluates PromQL, and writes what it comes to as JSON. */
export function queryPromqlJson(options: PromqlOptions) {
  return async function* ({ query, limit }: QueryPromqlJsonRequest, context: ReadContext) {
    if (query === undefined) throw invalid("cannot evaluate the query: got none");
    const { value, warnings, infos } = await evaluate(options, query, context);
    const truncated = limit > 0 && seriesCount(value) > limit;
    let message = QueryPromqlJsonResponse.create({ warnings: [...warnings], infos: [...infos], truncated });
    let text = "";
    for (const piece of resultJson(value, limit)) {
      text += piece;
      if (text.length < CHARACTERS_PER_MESSAGE) continue;
      yield { ...message, json: Buffer.from(text) };
      message = QueryPromqlJsonResponse.create();
      text = "";
    }
    if (text !== "") yield { ...message, json: Buffer.from(text) };
  };
}

function seriesCount(value: ResultValue): number {
  if (value.kind === "matrix") return value.series.length;
  return value.kind === "vector" ? value.samples.length : 1;
}

async function evaluate(
  { engine, rollups, ...options }: PromqlOptions,
  request: QueryPromqlRequest,
  { tenant, signal }: ReadContext,
): Promise<QueryResult> {
  const query = readQuery(request.query);
  const source = createSampleSource({ ...options, tenant, rollups });
  const lookback = request.lookbackMs > 0n ? { lookbackMs: Number(request.lookbackMs) } : {};
  const run = { source, signal, ...lookback };
  const { times } = request;
  switch (times?.$case) {
    case "unixMs":
      return await engine.instant(query, Number(times.value), run);
    case "range": {
      const { startUnixMs, endUnixMs, stepMs } = times.value;
      const range = { startMs: Number(startUnixMs), endMs: Number(endUnixMs), stepMs: Number(stepMs) };
      return await engine.range(query, range, run);
    }
    default:
      throw invalid("cannot evaluate the query: got no times, want unix_ms or range");
  }
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
  const { count, sum, buckets } = writtenHistogram(histogram);
  return { unixMs, count, sum, buckets: [...buckets] };
}
