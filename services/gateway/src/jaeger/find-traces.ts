import { AppError, invalid } from "@sightline/errors/app-error";
import type { TimeRange } from "@sightline/model/time";
import type { ResourceSpans } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { GetTracesRequest, SearchTraceqlRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import type { StorageCall } from "../http/storage-call.ts";
import type { JaegerContext } from "./context.ts";
import { type TraceQuery, traceqlOf } from "./trace-query.ts";

/** A trace that was asked for. */
export interface FoundTrace {
  readonly resourceSpans: ResourceSpans[];
  /** It has more spans. */
  isLimited: boolean;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** Of all traces of an answer together. */
const MAX_SPANS = 50_000;

/** The traces that a query finds, whole, one after the other. */
export async function* findTraces(
  query: TraceQuery,
  call: StorageCall,
  context: JaegerContext,
): AsyncGenerator<FoundTrace> {
  const { limit } = query;
  if (limit > MAX_LIMIT) throw invalid(`cannot find so many traces: got limit ${limit}, want at most ${MAX_LIMIT}`);
  if (query.maxDurationNano > 0n && query.maxDurationNano < query.minDurationNano) {
    throw invalid("'maxDuration' should be greater than 'minDuration'");
  }
  const search = SearchTraceqlRequest.create({
    query: traceqlOf(query),
    range: query.range,
    limit: limit === 0 ? DEFAULT_LIMIT : limit,
    spansPerSpanset: 1,
  });
  const traceIds: string[] = [];
  for await (const { traces } of context.traceql.stream("searchTraceql", search, call)) {
    for (const { traceId } of traces) traceIds.push(traceId);
  }
  yield* readTraces({ traceIds }, call, context);
}

/** Throws not_found for a trace that is not there. @param range when its spans began; undefined: at any time */
export async function readTrace(
  { traceId, range }: { readonly traceId: string; readonly range: TimeRange | undefined },
  call: StorageCall,
  context: JaegerContext,
): Promise<FoundTrace> {
  for await (const trace of readTraces({ traceIds: [traceId], range }, call, context)) return trace;
  throw new AppError("not_found", "trace not found");
}

/** The traces of these ids that are there. */
export async function* readTraces(
  { traceIds, range }: { readonly traceIds: readonly string[]; readonly range?: TimeRange | undefined },
  call: StorageCall,
  { traceql }: JaegerContext,
): AsyncGenerator<FoundTrace> {
  if (traceIds.length === 0) return;
  const asked = GetTracesRequest.create({ traceIds: [...traceIds], ...(range && { range }), maxSpans: MAX_SPANS });
  let at = "";
  let trace: FoundTrace | undefined;
  for await (const { traceId, resourceSpans, isLimited } of traceql.stream("getTraces", asked, call)) {
    if (trace !== undefined && traceId !== at) {
      yield trace;
      trace = undefined;
    }
    trace ??= { resourceSpans: [], isLimited: false };
    at = traceId;
    trace.resourceSpans.push(...resourceSpans);
    trace.isLimited ||= isLimited;
  }
  if (trace !== undefined) yield trace;
}
