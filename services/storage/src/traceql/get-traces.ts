import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { GetTracesRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import { GetTracesResponse } from "@sightline/proto/sightline/query/v1/traceql_service";
import { bounded, resolveRange, shortList, traceIdOf } from "../query/bounds.ts";
import type { ReadContext, Reader } from "../query/reader.ts";
import { readSpans, resourceSpansOf, type SpanRow } from "../query/trace-spans.ts";

const SPANS = { unset: 20_000, max: 50_000 };
/** How many spans a message has at most. */
const SPANS_PER_MESSAGE = 1000;

/** The spans of some traces as OTLP, trace by trace. */
export function getTraces({ reader, clock }: { readonly reader: Reader; readonly clock: Clock }) {
  return async function* (request: GetTracesRequest, context: ReadContext): AsyncGenerator<GetTracesResponse> {
    const traceIds = shortList("trace_ids", request.traceIds).map((id) => traceIdOf("trace_ids", id));
    if (traceIds.length === 0) throw invalid("cannot get traces: got no trace_ids, want at least one");
    const maxSpans = bounded("max_spans", request.maxSpans, SPANS);
    const time = request.range === undefined ? {} : { time: resolveRange(request.range, clock()) };
    const rows = await readSpans(reader, { traceIds, ...time, limit: maxSpans + 1 }, context);
    const isLimited = rows.length > maxSpans;
    const parts = [...partsOf(isLimited ? rows.slice(0, maxSpans) : rows)];
    for (const [at, part] of parts.entries()) {
      yield GetTracesResponse.create({
        traceId: part[0]?.traceId ?? "",
        resourceSpans: resourceSpansOf(part),
        isLimited: isLimited && at === parts.length - 1,
      });
    }
  };
}

/** Rows of one trace each, in their order, no more than a message may have. */
function* partsOf(rows: readonly SpanRow[]): Generator<readonly SpanRow[]> {
  for (const spans of Map.groupBy(rows, ({ traceId }) => traceId).values()) {
    for (let from = 0; from < spans.length; from += SPANS_PER_MESSAGE) {
      yield spans.slice(from, from + SPANS_PER_MESSAGE);
    }
  }
}
