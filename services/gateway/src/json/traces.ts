import { attributesText } from "@sightline/otlp/value-text";
import {
  type ResourceSpans,
  type Span,
  Span_SpanKind,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { TraceSummary } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { enumWords, labels, momentOf, momentOrNull } from "./scalars.ts";

const kinds = enumWords(
  ["internal", "server", "client", "producer", "consumer"],
  [Span_SpanKind.INTERNAL, Span_SpanKind.SERVER, Span_SpanKind.CLIENT, Span_SpanKind.PRODUCER, Span_SpanKind.CONSUMER],
);

const statuses = enumWords(
  ["unset", "ok", "error"],
  [Status_StatusCode.UNSET, Status_StatusCode.OK, Status_StatusCode.ERROR],
);

export const spanForm = z.object({
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  service: z.string(),
  kind: kinds.schema.or(z.literal("unspecified")),
  start: momentOrNull,
  durationNano: z.number(),
  status: statuses.schema,
  statusMessage: z.string(),
  attributes: labels,
  resourceAttributes: labels,
  scopeName: z.string(),
  events: z.array(z.object({ time: momentOrNull, name: z.string(), attributes: labels })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes: labels })),
});

/** All spans of a trace in one list, earliest first. */
export function spansToJson(resourceSpans: readonly ResourceSpans[]): z.infer<typeof spanForm>[] {
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const resourceAttributes = attributesText(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ scope, spans: inScope }) =>
      inScope.map((span) => ({ span, resourceAttributes, scopeName: scope?.name ?? "" })),
    );
  });
  return spans
    .toSorted((a, b) => earlierFirst(a.span, b.span))
    .map(({ span, resourceAttributes, scopeName }) => spanToJson(span, resourceAttributes, scopeName));
}

/** Spans that started at the same time come after the root. */
function earlierFirst(a: Span, b: Span): number {
  return Number(a.startTimeUnixNano - b.startTimeUnixNano) || a.parentSpanId.length - b.parentSpanId.length;
}

function spanToJson(
  span: Span,
  resourceAttributes: Record<string, string>,
  scopeName: string,
): z.infer<typeof spanForm> {
  return {
    spanId: span.spanId.toString("hex"),
    parentSpanId: span.parentSpanId.toString("hex"),
    name: span.name,
    service: resourceAttributes["service.name"] ?? "",
    kind: kinds.toWord(span.kind) ?? "unspecified",
    start: momentOf(span.startTimeUnixNano),
    durationNano: Math.max(0, Number(span.endTimeUnixNano - span.startTimeUnixNano)),
    status: statuses.toWord(span.status?.code ?? 0) ?? "unset",
    statusMessage: span.status?.message ?? "",
    attributes: attributesText(span.attributes),
    resourceAttributes,
    scopeName,
    events: span.events.map((event) => ({
      time: momentOf(event.timeUnixNano),
      name: event.name,
      attributes: attributesText(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId.toString("hex"),
      spanId: link.spanId.toString("hex"),
      attributes: attributesText(link.attributes),
    })),
  };
}

export const traceSummaryForm = z.object({
  traceId: z.string(),
  rootService: z.string(),
  rootName: z.string(),
  start: momentOrNull,
  durationNano: z.number(),
  spanCount: z.number(),
  errorCount: z.number(),
  services: z.array(z.string()),
});

export function traceSummaryToJson(summary: TraceSummary): z.infer<typeof traceSummaryForm> {
  const { startUnixNano, durationNano, ...rest } = summary;
  return { ...rest, start: momentOf(startUnixNano), durationNano: Number(durationNano) };
}
