import { invalid } from "@sightline/errors/app-error";
import type { TraceqlSeries } from "@sightline/proto/sightline/query/v1/traceql_service";
import {
  type QueryTraceqlMetricsRequest,
  QueryTraceqlMetricsResponse,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import { hintsOf } from "@sightline/query/traceql/hints";
import { alignRange, defaultStepNanos, type Intervals } from "@sightline/query/traceql/metrics/intervals";
import type { TimeSeries } from "@sightline/query/traceql/metrics/time-series";
import { plan } from "@sightline/query/traceql/plan";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { bounded, resolveRange } from "../query/bounds.ts";
import type { ReadContext } from "../query/reader.ts";
import { queryTraceQlMetrics } from "./query-traceql-metrics.ts";
import { keyValueOf } from "./stream-search.ts";
import type { TraceqlOptions } from "./traceql-options.ts";

/** How many points a message has before the next one begins. */
const POINTS_PER_MESSAGE = 50_000;
const MAX_EXEMPLARS = 10_000;

/** Computes series of spans by TraceQL. */
export function streamMetrics({ reader, clock, limits }: TraceqlOptions) {
  return async function* (
    request: QueryTraceqlMetricsRequest,
    context: ReadContext,
  ): AsyncGenerator<QueryTraceqlMetricsResponse> {
    const { query } = parseTraceQl(request.query);
    const planned = plan(query);
    if (planned.type !== "metrics") {
      throw invalid("cannot compute metrics: got a query that finds spans, want one that ends in a metrics function");
    }
    const asked = bounded("max_exemplars", request.maxExemplars, { unset: 0, max: MAX_EXEMPLARS });
    const maxExemplars = exemplarsOf(hintsOf(query).exemplars, asked);
    const result = await queryTraceQlMetrics(reader, planned, {
      range: rangeOf(request, clock()),
      context,
      limits: { ...limits, maxExemplars },
    });
    yield* messagesOf(result);
  };
}

/** A hint of the query goes before what the request says; where it only says that there be some, there are as many as it may have. */
function exemplarsOf(hint: number | boolean | null, asked: number): number {
  if (hint === null || hint === true) return asked;
  return hint === false ? 0 : Math.min(hint, MAX_EXEMPLARS);
}

function rangeOf(request: QueryTraceqlMetricsRequest, nowMs: number) {
  const { isInstant, stepNano } = request;
  const { startUnixNano, endUnixNano } = resolveRange(request.range, nowMs);
  const stepNanos = stepNano === 0n ? defaultStepNanos(startUnixNano, endUnixNano) : stepNano;
  return alignRange({ startUnixNano, endUnixNano, stepNanos, isInstant });
}

interface Result {
  readonly series: readonly TimeSeries[];
  readonly isLimited: boolean;
  readonly intervals: Intervals;
}

/** Series over as many messages as they need; at least one. */
function* messagesOf({ series, isLimited, intervals }: Result): Generator<QueryTraceqlMetricsResponse> {
  const unixMs = Array.from({ length: intervals.count }, (_, at) => intervals.timestampMs(at));
  let message = QueryTraceqlMetricsResponse.create({ unixMs, isLimited });
  let points = 0;
  for (const each of series) {
    if (points > POINTS_PER_MESSAGE) {
      yield message;
      message = QueryTraceqlMetricsResponse.create();
      points = 0;
    }
    message.series.push(seriesOf(each));
    points += each.values.length;
  }
  yield message;
}

function seriesOf({ labels, values, exemplars }: TimeSeries): TraceqlSeries {
  return {
    labels: labels.map(keyValueOf),
    values: [...values],
    exemplars: exemplars.map(({ traceId, timestampMs, value }) => ({ traceId, unixMs: timestampMs, value })),
  };
}
