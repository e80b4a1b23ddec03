import type { Value } from "@sightline/columns/testing/native-reader";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { ResourceSpans, ScopeSpans, Span } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { MessageContext } from "../transcoder.ts";
import { expectedId, expectedMap, expectedService, expectedTime } from "./expected-text.ts";

const KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
const CODES = ["Unset", "Ok", "Error"];

/** The rows of `otel_traces` that a request must become. */
export function expectedSpans(payload: Uint8Array, context: MessageContext): Record<string, Value>[] {
  return ExportTraceServiceRequest.decode(payload).resourceSpans.flatMap((resource) =>
    resource.scopeSpans.flatMap((scope) => scope.spans.map((span) => expectedSpan(resource, scope, span, context))),
  );
}

function expectedSpan(
  { resource }: ResourceSpans,
  { scope }: ScopeSpans,
  span: Span,
  { tenant, receivedUnixNano }: MessageContext,
): Record<string, Value> {
  const { startTimeUnixNano: start, endTimeUnixNano: end } = span;
  const hasStart = expectedTime(start) !== 0n;
  return {
    Tenant: tenant,
    Timestamp: expectedTime(start, end, receivedUnixNano),
    TraceId: expectedId(span.traceId, 16),
    SpanId: expectedId(span.spanId, 8),
    ParentSpanId: expectedId(span.parentSpanId, 8),
    TraceState: span.traceState,
    SpanName: span.name,
    SpanKind: KINDS[span.kind] ?? "Unspecified",
    ServiceName: expectedService(resource),
    ResourceAttributes: expectedMap(resource?.attributes),
    ScopeName: scope?.name ?? "",
    ScopeVersion: scope?.version ?? "",
    SpanAttributes: expectedMap(span.attributes),
    Duration: hasStart && expectedTime(end) > start ? end - start : 0n,
    StatusCode: CODES[span.status?.code ?? 0] ?? "Unset",
    StatusMessage: span.status?.message ?? "",
    "Events.Timestamp": span.events.map((event) => expectedTime(event.timeUnixNano)),
    "Events.Name": span.events.map((event) => event.name),
    "Events.Attributes": span.events.map((event) => expectedMap(event.attributes)),
    "Links.TraceId": span.links.map((link) => expectedId(link.traceId, 16)),
    "Links.SpanId": span.links.map((link) => expectedId(link.spanId, 8)),
    "Links.TraceState": span.links.map((link) => link.traceState),
    "Links.Attributes": span.links.map((link) => expectedMap(link.attributes)),
  };
}
