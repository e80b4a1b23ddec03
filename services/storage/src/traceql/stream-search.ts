import { invalid } from "@sightline/errors/app-error";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { FoundSpan, FoundSpanset, FoundTrace } from "@sightline/proto/sightline/query/v1/traceql_service";
import { type SearchTraceqlRequest, SearchTraceqlResponse } from "@sightline/proto/sightline/query/v1/traceql_service";
import { anyValueOf } from "@sightline/query/traceql/any-value";
import type { SpansetAttribute } from "@sightline/query/traceql/pipeline";
import { plan } from "@sightline/query/traceql/plan";
import type { FoundSpan as MatchedSpan, FoundSpanset as MatchedSpanset } from "@sightline/query/traceql/search";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { bounded, resolveRange } from "../query/bounds.ts";
import type { ReadContext } from "../query/reader.ts";
import { describeTraces, type TraceDescription } from "./describe-traces.ts";
import { type MatchedTrace, searchTraceQl } from "./search-traceql.ts";
import type { TraceqlOptions } from "./traceql-options.ts";

const TRACES = { unset: 20, max: 1000 };
const MAX_SPANS_PER_SPANSET = 10_000;

/** Finds traces by TraceQL and tells of them while the search goes on. */
export function streamSearch({ reader, clock, limits }: TraceqlOptions) {
  return async function* (request: SearchTraceqlRequest, context: ReadContext): AsyncGenerator<SearchTraceqlResponse> {
    const planned = plan(parseTraceQl(request.query).query);
    if (planned.type !== "search") {
      throw invalid("cannot search traces: got a query that computes metrics, want one that finds spans");
    }
    const search = {
      time: resolveRange(request.range, clock()),
      limit: bounded("limit", request.limit, TRACES),
      spansPerSpanset: bounded("spans_per_spanset", request.spansPerSpanset, { unset: 0, max: MAX_SPANS_PER_SPANSET }),
    };
    for await (const { traces, ...progress } of searchTraceQl(reader, planned, { search, context, limits })) {
      const ids = traces.map(({ traceId }) => traceId);
      const descriptions = await describeTraces(reader, ids, context);
      yield SearchTraceqlResponse.create({
        traces: traces.flatMap((trace) => foundTrace(trace, descriptions.get(trace.traceId))),
        tracesRead: BigInt(progress.tracesRead),
        spansRead: BigInt(progress.spansRead),
        reachedUnixNano: progress.reachedUnixNano,
        isLimited: progress.isLimited,
      });
    }
  };
}

/** A trace that has expired since it was found is none any more. */
function foundTrace({ traceId, spansets }: MatchedTrace, description: TraceDescription | undefined): FoundTrace[] {
  if (description === undefined) return [];
  return [{ traceId, ...description, services: [...description.services], spansets: spansets.map(foundSpanset) }];
}

function foundSpanset({ spans, matched, attributes }: MatchedSpanset): FoundSpanset {
  return { spans: spans.map(foundSpan), matched, attributes: attributes.map(keyValueOf) };
}

function foundSpan({ spanId, name, startUnixNano, durationNanos, attributes }: MatchedSpan): FoundSpan {
  return {
    spanId,
    name,
    startUnixNano,
    durationNano: BigInt(durationNanos),
    attributes: attributes.map(keyValueOf),
  };
}

/** A named value as Tempo's answers have it. */
export function keyValueOf({ name, value }: SpansetAttribute): KeyValue {
  return { key: name, value: anyValueOf(value), keyStrindex: 0 };
}
