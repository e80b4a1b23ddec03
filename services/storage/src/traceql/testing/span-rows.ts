import type { SpanLiteral } from "@sightline/query/traceql/testing/traces";

/** A span of a test as a row of otel_traces. */
export function spanRow(span: SpanLiteral, trace: { readonly id: string; readonly beganMs: number }): object {
  const { events = [], links = [] } = span;
  const time = (ms: number) => ((trace.beganMs + ms) / 1000).toFixed(3);
  return {
    Timestamp: time(span.at ?? 0),
    TraceId: trace.id,
    SpanId: span.id,
    ParentSpanId: span.parent ?? "",
    SpanName: span.name ?? span.id,
    SpanKind: capital(span.kind ?? "internal"),
    ServiceName: span.service ?? "",
    StatusCode: capital(span.status ?? "unset"),
    StatusMessage: span.message ?? "",
    Duration: (span.ms ?? 1) * 1e6,
    ScopeName: span.scope?.name ?? "",
    ScopeVersion: span.scope?.version ?? "",
    SpanAttributes: span.span ?? {},
    ResourceAttributes: span.resource ?? {},
    "Events.Timestamp": events.map(({ at = 0 }) => time((span.at ?? 0) + at)),
    "Events.Name": events.map(({ name }) => name),
    "Events.Attributes": events.map(({ attributes }) => attributes ?? {}),
    "Links.TraceId": links.map(({ trace: id }) => id),
    "Links.SpanId": links.map((link) => link.span),
    "Links.TraceState": links.map(() => ""),
    "Links.Attributes": links.map(({ attributes }) => attributes ?? {}),
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
