import { invalid } from "@sightline/errors/app-error";
import type {
  FoundSpanset,
  FoundTrace,
  SearchTraceqlResponse,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import { SearchTraceqlRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import type { SpanSet, TraceSearchMetadata } from "@sightline/proto/tempopb/tempo";
import { SearchMetrics, SearchRequest, SearchResponse } from "@sightline/proto/tempopb/tempo";
import type { Parameters } from "../http/request-parameters.ts";
import { callOf, type StorageCall } from "../http/storage-call.ts";
import { type Endpoint, messageAnswer, type TempoContext } from "./endpoint.ts";
import { legacyQuery, parseTags } from "./legacy-query.ts";
import { countOf, millisecondsOf, rangeOf, secondsOf } from "./parameters.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;
const DEFAULT_SPANS_PER_SPANSET = 3;
/** Tempo tells its progress in jobs; ours are parts of the time. */
const JOBS = 100;
const MS_NS = 1_000_000n;
const MAX_UINT32 = 2n ** 32n - 1n;
/** What stands where the root is not there (yet). */
const NO_ROOT = "<root span not yet received>";

export const searchEndpoints: readonly Endpoint[] = [
  {
    path: "/api/search",
    answer: async (request, context) => {
      const search = requestOf(request.parameters);
      let last = SearchResponse.create();
      for await (const response of searchTempo(search, callOf(request), context)) last = response;
      return messageAnswer(request, SearchResponse, last);
    },
  },
];

/** A search as parameters ask for it. */
function requestOf(parameters: Parameters): SearchRequest {
  const query = parameters.get("q");
  const tags = parameters.get("tags");
  if (query !== "" && tags !== "") throw invalid("invalid request: can't specify tags and q in the same query");
  const limit = countOf(parameters, "limit", DEFAULT_LIMIT);
  if (limit === 0) throw invalid("invalid limit: must be a positive number");
  const minDurationMs = millisecondsOf(parameters, "minDuration");
  const maxDurationMs = millisecondsOf(parameters, "maxDuration");
  if (maxDurationMs > 0 && minDurationMs > maxDurationMs) {
    throw invalid("invalid maxDuration: must be greater than minDuration");
  }
  return SearchRequest.create({
    query,
    tags: parseTags(tags),
    minDurationMs,
    maxDurationMs,
    limit,
    spansPerSpanSet: countOf(parameters, "spss", DEFAULT_SPANS_PER_SPANSET),
    ...secondsOf(parameters),
  });
}

/** Searches, and tells what is new whenever something is found; the last answer has all that was found. */
export async function* searchTempo(
  request: SearchRequest,
  call: StorageCall,
  { traceql, clock }: TempoContext,
): AsyncGenerator<SearchResponse> {
  const limit = request.limit === 0 ? DEFAULT_LIMIT : request.limit;
  if (limit > MAX_LIMIT) throw invalid(`invalid limit: limit ${limit} exceeds max limit ${MAX_LIMIT}`);
  const range = rangeOf(request, clock());
  const search = SearchTraceqlRequest.create({
    query: request.query === "" ? legacyQuery(request) : request.query,
    range,
    limit,
    spansPerSpanset: request.spansPerSpanSet,
  });
  const all: TraceSearchMetadata[] = [];
  let metrics = SearchMetrics.create({ totalJobs: JOBS });
  for await (const found of traceql.stream("searchTraceql", search, call)) {
    const traces = found.traces.map(traceOf);
    all.push(...traces);
    metrics = metricsOf(found, range);
    yield { traces, metrics };
  }
  yield { traces: all, metrics: { ...metrics, completedJobs: JOBS } };
}

function metricsOf(
  { tracesRead, spansRead, reachedUnixNano }: SearchTraceqlResponse,
  { startUnixNano, endUnixNano }: { startUnixNano: bigint; endUnixNano: bigint },
): SearchMetrics {
  const share = Number(endUnixNano - reachedUnixNano) / Number(endUnixNano - startUnixNano);
  return SearchMetrics.create({
    inspectedTraces: Number(tracesRead),
    inspectedSpans: spansRead,
    totalJobs: JOBS,
    completedJobs: Math.floor(share * JOBS),
  });
}

function traceOf(trace: FoundTrace): TraceSearchMetadata {
  const { durationNano, services } = trace;
  const spanSets = trace.spansets.map(spanSetOf);
  const durationMs = durationNano / MS_NS;
  return {
    traceID: trace.traceId,
    rootServiceName: trace.rootService === "" && trace.rootName === "" ? NO_ROOT : trace.rootService,
    rootTraceName: trace.rootName,
    startTimeUnixNano: trace.startUnixNano,
    durationMs: Number(durationMs > MAX_UINT32 ? MAX_UINT32 : durationMs),
    spanSet: spanSets[0],
    spanSets,
    serviceStats: Object.fromEntries(
      services.map(({ service, spans, errors }) => [service, { spanCount: spans, errorCount: errors }]),
    ),
  };
}

function spanSetOf({ spans, matched, attributes }: FoundSpanset): SpanSet {
  return {
    spans: spans.map(({ spanId, name, startUnixNano, durationNano, attributes: own }) => ({
      spanID: spanId,
      name,
      startTimeUnixNano: startUnixNano,
      durationNanos: durationNano,
      attributes: own,
    })),
    matched,
    attributes,
  };
}
