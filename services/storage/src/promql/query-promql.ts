import { invalid } from "@sightline/errors/app-error";
import type {
  PromqlHistogram,
  PromqlSeries,
  PromqlStatistics,
  QueryPromqlJsonRequest,
  QueryPromqlRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import {
  PromqlResultType,
  QueryPromqlJsonResponse,
  QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { type Engine, type RangeTimes, readQuery } from "@sightline/query/promql/engine";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { type Labels, noLabels } from "@sightline/query/promql/labels";
import type { QueryResult, ResultSample, ResultSeries, ResultValue } from "@sightline/query/promql/result";
import { resultJson, writtenHistogram } from "@sightline/query/promql/result-json";
import { type CountedSteps, countingSource } from "@sightline/query/promql/sample-counts";
import type { QueryContext } from "../query/query-handlers.ts";
import type { Reader } from "../query/reader.ts";
import type { SelectionLimits } from "./find-metrics.ts";
import type { KnownRollups } from "./known-rollups.ts";
import type { ReadsAhead } from "./reads-ahead.ts";
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
  /** Without it nothing is read before it is known of which series. */
  readonly ahead?: ReadsAhead;
}

type AskedBy = Pick<QueryContext, "tenant" | "signal" | "queuedMs">;

/** Evaluates PromQL over a tenant's samples. */
export function queryPromql(options: PromqlOptions) {
  return async function* (request: QueryPromqlRequest, context: AskedBy): AsyncGenerator<QueryPromqlResponse> {
    yield* messagesOf(await evaluate(options, request, context));
  };
}

/** How many characters of JSON a message has before the next one begins. */
const CHARACTERS_PER_MESSAGE = 256 * 1024;

/** Evaluates PromQL, and writes what it comes to as JSON. */
export function queryPromqlJson(options: PromqlOptions) {
  return async function* ({ query, limit }: QueryPromqlJsonRequest, context: AskedBy) {
    if (query === undefined) throw invalid("cannot evaluate the query: got none");
    const { value, warnings, infos, statistics } = await evaluate(options, query, context);
    const truncated = limit > 0 && seriesCount(value) > limit;
    const notes = { warnings: [...warnings], infos: [...infos] };
    let message: QueryPromqlJsonResponse = { ...QueryPromqlJsonResponse.create(notes), truncated, statistics };
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

/** What a query comes to, and what it took if that was asked. */
type Evaluated = QueryResult & { readonly statistics: PromqlStatistics | undefined };

async function evaluate(
  { engine, rollups, ...options }: PromqlOptions,
  request: QueryPromqlRequest,
  { tenant, signal, queuedMs }: AskedBy,
): Promise<Evaluated> {
  const startedMs = performance.now();
  const query = readQuery(request.query);
  const times = timesOf(request);
  const stored = createSampleSource({ ...options, tenant, rollups });
  const counted = request.withStatistics ? countingSource(stored, stepsOf(times), () => performance.now()) : null;
  const lookback = request.lookbackMs > 0n ? { lookbackMs: Number(request.lookbackMs) } : {};
  const run = { source: counted ?? stored, signal, ...lookback };
  const result =
    typeof times === "number" ? await engine.instant(query, times, run) : await engine.range(query, times, run);
  if (counted === null) return { ...result, statistics: undefined };
  const statistics = {
    queuedMs,
    evaluatedMs: performance.now() - startedMs,
    selectingMs: counted.selectingMs(),
    samplesPerStep: [...counted.samplesPerStep()],
    peakSamples: BigInt(result.peakSamples),
  };
  return { ...result, statistics };
}

/** One time in milliseconds, or a range. */
function timesOf({ times }: QueryPromqlRequest): number | RangeTimes {
  switch (times?.$case) {
    case "unixMs":
      return Number(times.value);
    case "range": {
      const { startUnixMs, endUnixMs, stepMs } = times.value;
      return { startMs: Number(startUnixMs), endMs: Number(endUnixMs), stepMs: Number(stepMs) };
    }
    default:
      throw invalid("cannot evaluate the query: got no times, want unix_ms or range");
  }
}

function stepsOf(times: number | RangeTimes): CountedSteps {
  if (typeof times === "number") return { count: 1, stepMs: 0 };
  const { startMs, endMs, stepMs } = times;
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  return { count, stepMs: count > 1 ? stepMs : 0 };
}

function* messagesOf({ value, warnings, infos, statistics }: Evaluated): Generator<QueryPromqlResponse> {
  const first = { warnings: [...warnings], infos: [...infos], statistics };
  switch (value.kind) {
    case "matrix":
      yield* spread({ ...first, type: PromqlResultType.MATRIX }, value.series.values().map(seriesOf));
      break;
    case "vector":
      yield* spread({ ...first, type: PromqlResultType.VECTOR }, value.samples.values().map(sampleOf));
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
function* spread(first: Partial<QueryPromqlResponse>, all: Iterable<PromqlSeries>): Generator<QueryPromqlResponse> {
  let message = QueryPromqlResponse.create(first);
  let points = 0;
  let isFirst = true;
  for (const series of all) {
    message.series.push(series);
    points += series.unixMs.length + series.histograms.length;
    if (points < POINTS_PER_MESSAGE) continue;
    yield message;
    message = QueryPromqlResponse.create();
    points = 0;
    isFirst = false;
  }
  if (message.series.length > 0 || isFirst) yield message;
}

function seriesOf({ labels, floats, histograms }: ResultSeries): PromqlSeries {
  return {
    labels: flat(labels),
    unixMs: [...floats.times],
    values: [...floats.values],
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
