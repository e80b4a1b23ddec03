import { invalid } from "@sightline/errors/app-error";
import type { TraceqlSeries } from "@sightline/proto/sightline/query/v1/traceql_service";
import { QueryTraceqlMetricsRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import type { Exemplar, InstantSeries, TimeSeries } from "@sightline/proto/tempopb/tempo";
import {
  PartialStatus,
  QueryInstantRequest,
  QueryInstantResponse,
  QueryRangeRequest,
  QueryRangeResponse,
  SearchMetrics,
} from "@sightline/proto/tempopb/tempo";
import type { Parameters } from "../http/request-parameters.ts";
import { callOf, type StorageCall } from "../http/storage-call.ts";
import { durationOf, timeOf } from "../loki/parameters.ts";
import { type Endpoint, messageAnswer, type TempoContext } from "./endpoint.ts";
import { countOf } from "./parameters.ts";

const HOUR_NS = 3_600_000_000_000n;
const MS_NS = 1_000_000n;
/** As many exemplars as there are at most, and where nothing is said. */
const MAX_EXEMPLARS = 100;
const LIMITED = "the answer is partial: there are more series, or more spans to look at, than one query may have";

export const metricsEndpoints: readonly Endpoint[] = [
  {
    path: "/api/metrics/query_range",
    answer: async (request, context) => {
      const { parameters } = request;
      const query = QueryRangeRequest.create({
        ...queryOf(parameters, context.clock()),
        step: stepOf(parameters),
        exemplars: countOf(parameters, "exemplars", 0),
      });
      return messageAnswer(request, QueryRangeResponse, await queryRange(query, callOf(request), context));
    },
  },
  {
    path: "/api/metrics/query",
    answer: async (request, context) => {
      const query = QueryInstantRequest.create(queryOf(request.parameters, context.clock()));
      return messageAnswer(request, QueryInstantResponse, await queryInstant(query, callOf(request), context));
    },
  },
];

function queryOf(parameters: Parameters, nowMs: number) {
  const query = parameters.get("q") || parameters.get("query");
  if (query === "") throw invalid("invalid query: got no q, want a TraceQL metrics query");
  const end = timeOf(parameters, "end", BigInt(nowMs) * MS_NS);
  const start = timeOf(parameters, "start", end - durationOf(parameters, "since", HOUR_NS));
  return { query, start, end };
}

function stepOf(parameters: Parameters): bigint {
  const step = durationOf(parameters, "step", 0n);
  if (step < 0n) throw invalid("invalid step: must be a positive duration");
  return step;
}

/** Computes series over a range. */
export async function queryRange(
  { query, start, end, step, exemplars }: QueryRangeRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<QueryRangeResponse> {
  // Unset, and so 0, stands for all of them; who wants none says so in the query.
  const maxExemplars = exemplars === 0 ? MAX_EXEMPLARS : Math.min(exemplars, MAX_EXEMPLARS);
  const asked = { query, ...rangeOf(start, end, context), stepNano: step, maxExemplars };
  const { unixMs, series, isLimited } = await compute(QueryTraceqlMetricsRequest.create(asked), call, context);
  const times = unixMs.map((ms) => BigInt(ms));
  return { series: series.map((one) => timeSeriesOf(one, times)), ...endOf(isLimited) };
}

/** Computes one value of each series. */
export async function queryInstant(
  { query, start, end }: QueryInstantRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<QueryInstantResponse> {
  const asked = { query, ...rangeOf(start, end, context), isInstant: true };
  const { series, isLimited } = await compute(QueryTraceqlMetricsRequest.create(asked), call, context);
  return { series: series.flatMap(instantSeriesOf), ...endOf(isLimited) };
}

/** Also without an end and a start, as gRPC may leave them. */
function rangeOf(start: bigint, end: bigint, { clock }: TempoContext) {
  const endUnixNano = end === 0n ? BigInt(clock()) * MS_NS : end;
  const wanted = start === 0n ? endUnixNano - HOUR_NS : start;
  // Before 1970 there is nothing.
  const startUnixNano = wanted < 0n ? 0n : wanted;
  if (startUnixNano < endUnixNano) return { range: { startUnixNano, endUnixNano } };
  throw invalid(`http parameter start must be before end. received start=${startUnixNano} end=${endUnixNano}`);
}

/** All messages of an answer as one. */
async function compute(request: QueryTraceqlMetricsRequest, call: StorageCall, { traceql }: TempoContext) {
  const series: TraceqlSeries[] = [];
  const unixMs: number[] = [];
  let isLimited = false;
  for await (const message of traceql.stream("queryTraceqlMetrics", request, call)) {
    unixMs.push(...message.unixMs);
    series.push(...message.series);
    isLimited ||= message.isLimited;
  }
  return { series, unixMs, isLimited };
}

function endOf(isLimited: boolean) {
  const metrics = SearchMetrics.create({ completedJobs: 1, totalJobs: 1 });
  return isLimited
    ? { metrics, status: PartialStatus.PARTIAL, message: LIMITED }
    : { metrics, status: PartialStatus.COMPLETE, message: "" };
}

function timeSeriesOf({ labels, values, exemplars }: TraceqlSeries, times: readonly bigint[]): TimeSeries {
  return {
    labels,
    samples: values
      .map((value, at) => ({ value, timestampMs: times[at] ?? 0n }))
      .filter(({ value }) => !Number.isNaN(value)),
    exemplars: exemplars.map(exemplarOf),
  };
}

function instantSeriesOf({ labels, values: [value = Number.NaN] }: TraceqlSeries): InstantSeries[] {
  return Number.isNaN(value) ? [] : [{ labels, value }];
}

/** Grafana links the trace that this label names. */
function exemplarOf({ traceId, unixMs, value }: TraceqlSeries["exemplars"][number]): Exemplar {
  const label = {
    key: "trace:id",
    value: { value: { $case: "stringValue", value: traceId } as const },
    keyStrindex: 0,
  };
  return { labels: [label], value, timestampMs: BigInt(Math.floor(unixMs)) };
}
