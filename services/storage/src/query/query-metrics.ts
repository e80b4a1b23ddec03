import { readFileSync } from "node:fs";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import {
  Aggregation,
  type ExportMetricsRequest,
  type ExportMetricsResponse,
  type LabelMatcher,
  MatchOperator,
  QueryMetricsRequest,
  type QueryMetricsResponse,
  type Series,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { numbersProgress, progressOf } from "../rollup/progress.ts";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import { bounded, shortList, shortText } from "./bounds.ts";
import { type Grid, gridOf } from "./metric-grid.ts";
import {
  type DistributionPart,
  metricSql,
  NUMBERS,
  type SampleSource,
  sourceOf,
  type Temporalities,
} from "./metric-plan.ts";
import { type Rollup, type RollupQuestion, rollupFor } from "./metric-rollup.ts";
import type { Params, ReadContext, Reader } from "./reader.ts";
import { attributes, count } from "./row-types.ts";

const kindsSql = readFileSync(new URL("./sql/metric-kinds.sql", import.meta.url), "utf8");

const kinds = { sql: kindsSql, row: z.object({ type: z.string(), delta: z.number() }) };

const points = z.array(z.number().nullable());
const seriesRow = z.object({ group: attributes, points, total: count });
const exportedRow = z.tuple([attributes, points]).rest(z.unknown());

const MAX_MATCHERS = 50;
const MAX_VALUES = 2_000_000;
const MAX_EXPORTED_SERIES = 1_000_000;
/** How old the last sample may be that stands for a series, seconds; as in Prometheus. */
const LOOKBACK_SECONDS = 300;

/** How many days every sample of a tenant is kept. */
export type SampleDays = (tenant: string) => number;

/** Series of a metric on a grid of times, those with the highest last values. */
export function queryMetrics(reader: Reader, clock: Clock, sampleDaysOf: SampleDays) {
  return async (request: QueryMetricsRequest, context: ReadContext): Promise<QueryMetricsResponse> => {
    const limit = bounded("limit", request.limit, { unset: 100, max: 1000 });
    const { grid, statement } = await planSeries({ reader, request, context, limit, nowMs: clock(), sampleDaysOf });
    if (grid.points * limit > MAX_VALUES) {
      throw invalid(
        `cannot use limit: got ${limit} series of ${grid.points} points, want ${MAX_VALUES} values at most`,
      );
    }
    const { stepSeconds } = grid;
    if (statement === undefined) return { series: [], totalSeries: 0, stepSeconds };
    const { sql, params } = statement;
    const rows = await withMatcherErrors(() => reader.read({ sql, row: seriesRow }, params, context));
    return { series: rows.map((row) => seriesOf(row, grid)), totalSeries: rows[0]?.total ?? 0, stepSeconds };
  };
}

/** All series of a metric on a grid of times, as they come. */
export function exportMetrics(reader: Reader, clock: Clock, sampleDaysOf: SampleDays) {
  return async function* (
    { query }: ExportMetricsRequest,
    context: ReadContext,
  ): AsyncGenerator<ExportMetricsResponse> {
    const request = query ?? QueryMetricsRequest.create();
    if (request.limit > 0)
      throw invalid(`cannot use query.limit: got ${request.limit}, want none: all series are answered`);
    const limit = MAX_EXPORTED_SERIES;
    const { grid, statement } = await planSeries({ reader, request, context, limit, nowMs: clock(), sampleDaysOf });
    const { stepSeconds } = grid;
    if (statement === undefined) {
      yield { series: [], stepSeconds };
      return;
    }
    const { sql, params } = statement;
    const rows = reader.readRows({ sql, row: exportedRow }, params, context)[Symbol.asyncIterator]();
    try {
      for (let next = await withMatcherErrors(() => rows.next()); next.done !== true; next = await rows.next()) {
        yield { series: next.value.map(([group, points]) => seriesOf({ group, points }, grid)), stepSeconds };
      }
    } finally {
      await rows.return?.();
    }
  };
}

interface SeriesQuestion {
  readonly reader: Reader;
  readonly request: QueryMetricsRequest;
  readonly context: ReadContext;
  readonly limit: number;
  readonly nowMs: number;
  readonly sampleDaysOf: SampleDays;
}

interface SeriesPlan {
  readonly grid: Grid;
  /** Undefined when there is no such metric. */
  readonly statement: { readonly sql: string; readonly params: Params } | undefined;
}

async function planSeries(question: SeriesQuestion): Promise<SeriesPlan> {
  const { reader, request, context, limit, nowMs } = question;
  checkRequest(request);
  const grid = gridOf(request.range, request.stepSeconds, nowMs);
  const windowSeconds = windowOf(request, grid.stepSeconds);
  const selected = { ...gridParams(grid, windowSeconds), ...matcherParams(request.matchers), limit };
  const found = await findMetric({ reader, metric: request.metric, params: selected, context });
  if (found === undefined) return { grid, statement: undefined };
  const { function: seriesFunction, aggregation, groupBy } = request;
  const place = {
    grid,
    function: seriesFunction,
    windowSeconds,
    sampleDays: question.sampleDaysOf(context.tenant),
    nowMs,
  };
  const rollup = found.source === NUMBERS ? await readRollup(reader, place, context) : undefined;
  const aggregated = aggregation !== Aggregation.UNSPECIFIED;
  const ofMetric = { metric: found.metric, types: found.source.types, aggregated, groupBy };
  return {
    grid,
    statement: {
      sql: metricSql({ ...found, function: seriesFunction, aggregation, rollup }),
      params: { ...selected, ...rollupParams(rollup), ...ofMetric },
    },
  };
}

async function readRollup(
  reader: Reader,
  place: Omit<RollupQuestion, "progress">,
  { signal }: ReadContext,
): Promise<Rollup | undefined> {
  const progress = progressOf(await reader.readSystem(numbersProgress, {}, signal));
  return rollupFor({ ...place, progress });
}

function rollupParams(rollup: Rollup | undefined) {
  if (rollup === undefined) return {};
  const { windowSeconds } = rollup;
  return {
    window: windowSeconds,
    windowMs: windowSeconds * 1000,
    width: rollup.width,
    rolledUntil: rollup.rolledUntil,
  };
}

function checkRequest({ metric, aggregation, groupBy, ...request }: QueryMetricsRequest): void {
  if (metric === "") throw invalid("cannot use metric: got nothing, want a metric's name");
  shortText("metric", metric, 1024);
  if (request.function === SeriesFunction.UNRECOGNIZED) throw invalid("cannot use function: got an unknown one");
  if (aggregation === Aggregation.UNRECOGNIZED) throw invalid("cannot use aggregation: got an unknown one");
  shortList("group_by", groupBy, 20);
  if (aggregation === Aggregation.UNSPECIFIED && groupBy.length > 0) {
    throw invalid("cannot use group_by: got labels without an aggregation, want one of sum, avg, min, max, count");
  }
}

function windowOf(request: QueryMetricsRequest, stepSeconds: number): number {
  if (request.function === SeriesFunction.UNSPECIFIED) return LOOKBACK_SECONDS;
  const unset = Math.max(4 * stepSeconds, 60);
  return bounded("window_seconds", request.windowSeconds, { unset, max: Math.max(unset, 31 * 86_400) });
}

function gridParams(grid: Grid, window: number) {
  return {
    startMs: grid.startMs,
    endMs: grid.endMs,
    step: grid.stepSeconds,
    stepMs: grid.stepSeconds * 1000,
    points: grid.points,
    window,
    windowMs: window * 1000,
    seenLagMs: SERIES_SEEN_LAG_MS,
  };
}

function matcherParams(matchers: readonly LabelMatcher[]) {
  shortList("matchers", matchers, MAX_MATCHERS);
  for (const { name, operator, value } of matchers) {
    if (name === "") throw invalid("cannot use matchers: got an empty name, want a label's name");
    if (operator === MatchOperator.UNRECOGNIZED)
      throw invalid(`cannot use matchers: got an unknown operator on ${name}`);
    shortText(`matchers[${name}]`, value, 4096);
  }
  const names = (wanted: MatchOperator) => matchers.filter((m) => m.operator === wanted).map((m) => m.name);
  const values = (wanted: MatchOperator) => matchers.filter((m) => m.operator === wanted).map((m) => m.value);
  return {
    equalNames: names(MatchOperator.UNSPECIFIED),
    equalValues: values(MatchOperator.UNSPECIFIED),
    otherNames: names(MatchOperator.NOT_EQUAL),
    otherValues: values(MatchOperator.NOT_EQUAL),
    matchNames: names(MatchOperator.REGEX),
    matchPatterns: values(MatchOperator.REGEX),
    noMatchNames: names(MatchOperator.NOT_REGEX),
    noMatchPatterns: values(MatchOperator.NOT_REGEX),
  };
}

interface FindMetric {
  readonly reader: Reader;
  readonly metric: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: ReadContext;
}

interface FoundMetric {
  /** The name it is kept under. */
  readonly metric: string;
  readonly source: SampleSource;
  readonly temporalities: Temporalities;
}

/**
 * Where a metric is kept. A distribution answers to its own name and to `<name>_count` with its number of observations,
 * to `<name>_sum` with their sum.
 */
async function findMetric({ reader, metric, params, context }: FindMetric): Promise<FoundMetric | undefined> {
  for (const [name, part] of candidates(metric)) {
    const rows = await reader.read(kinds, { ...params, metric: name }, context);
    const types = rows.map((row) => row.type);
    const source = sourceOf(types, part);
    if (source === undefined || (name !== metric && source.types.includes("gauge"))) continue;
    const ofSource = rows.filter((row) => source.types.includes(row.type));
    const temporalities = {
      cumulative: ofSource.some((row) => row.delta === 0),
      delta: ofSource.some((row) => row.delta === 1),
    };
    return { metric: name, source, temporalities };
  }
  return undefined;
}

function candidates(metric: string): [name: string, part: DistributionPart][] {
  const own: [string, DistributionPart] = [metric, "count"];
  if (metric.endsWith("_count")) return [own, [metric.slice(0, -"_count".length), "count"]];
  if (metric.endsWith("_sum")) return [own, [metric.slice(0, -"_sum".length), "sum"]];
  return [own];
}

/** A pattern that RE2 cannot compile is the caller's. */
async function withMatcherErrors<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code !== "invalid_argument") throw error;
    const [, reason = "a pattern that RE2 cannot compile"] =
      /cannot compile re2: (.*?)\. Look at/.exec(error.message) ?? [];
    throw invalid(`cannot use matchers: got ${reason}`, error);
  }
}

function seriesOf({ group, points }: Pick<z.infer<typeof seriesRow>, "group" | "points">, grid: Grid): Series {
  const series: Series = { labels: group, timesUnixMs: [], values: [] };
  for (const [at, value] of points.entries()) {
    if (value === null) continue;
    series.timesUnixMs.push(BigInt(grid.startMs + at * grid.stepSeconds * 1000));
    series.values.push(value);
  }
  return series;
}
