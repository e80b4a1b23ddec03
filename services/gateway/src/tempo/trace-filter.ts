import { invalid } from "@sightline/errors/app-error";
import type { ResourceSpans, Span } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { SearchTraceqlRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import type { StorageCall } from "../http/storage-call.ts";
import type { TempoContext } from "./endpoint.ts";

export interface TraceFilter {
  readonly traceId: string;
  /** One spanset filter of TraceQL; "" for all spans. */
  readonly query: string;
  /** Whether the spans above those that are wanted are given too, so that it remains one tree. */
  readonly keepHierarchy: boolean;
}

/** The spans of a trace that a filter selects. Throws invalid_argument for what is no filter. */
export async function filterSpans(
  resourceSpans: ResourceSpans[],
  { traceId, query, keepHierarchy }: TraceFilter,
  { call, context }: { call: StorageCall; context: TempoContext },
): Promise<ResourceSpans[]> {
  if (query === "") return resourceSpans;
  const filter = filterOf(query);
  if (filter === "true") return resourceSpans;
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const search = SearchTraceqlRequest.create({
    query: `{ (${filter}) && trace:id = "${traceId}" }`,
    range: rangeOf(spans),
    limit: 1,
  });
  const wanted = new Set<string>();
  for await (const { traces } of context.traceql.stream("searchTraceql", search, call)) {
    for (const { spansets } of traces)
      for (const set of spansets) for (const { spanId } of set.spans) wanted.add(spanId);
  }
  return onlySpans(resourceSpans, keepHierarchy ? withAncestors(spans, wanted) : wanted);
}

/** What stands between the braces of a query that is one filter. */
function filterOf(source: string): string {
  const { query, text } = parseTraceQl(source);
  const [only, ...others] = query.type === "search" ? query.elements : [];
  if (only?.type === "filter" && others.length === 0) return text.slice(1, text.lastIndexOf("}")).trim();
  throw invalid(`invalid q: got ${text}, want one spanset filter, such as { status = error }`);
}

/** The time that spans begin in. */
function rangeOf(spans: readonly Span[]) {
  const starts = spans.map(({ startTimeUnixNano }) => startTimeUnixNano).sort((one, other) => Number(one - other));
  const [first = 0n] = starts;
  const last = starts.at(-1) ?? first;
  return { startUnixNano: first, endUnixNano: last + 1n };
}

function withAncestors(spans: readonly Span[], wanted: ReadonlySet<string>): ReadonlySet<string> {
  const parents = new Map(
    spans.map(({ spanId, parentSpanId }) => [spanId.toString("hex"), parentSpanId.toString("hex")]),
  );
  const kept = new Set<string>();
  for (const id of wanted) {
    for (let at: string | undefined = id; at !== undefined && !kept.has(at); at = parents.get(at)) kept.add(at);
  }
  return kept;
}

/** Those spans, in what they were in; what is empty then is left out. */
function onlySpans(resourceSpans: readonly ResourceSpans[], kept: ReadonlySet<string>): ResourceSpans[] {
  return resourceSpans
    .map((resource) => ({
      ...resource,
      scopeSpans: resource.scopeSpans
        .map((scope) => ({ ...scope, spans: scope.spans.filter(({ spanId }) => kept.has(spanId.toString("hex"))) }))
        .filter(({ spans }) => spans.length > 0),
    }))
    .filter(({ scopeSpans }) => scopeSpans.length > 0);
}
