import { valueText } from "@sightline/otlp/value-text";
import {
  type Log,
  type Process,
  type Span,
  SpanRefType,
  type KeyValue as Tag,
  ValueType,
} from "@sightline/proto/jaeger/api_v2/model";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { Resource } from "@sightline/proto/opentelemetry/proto/resource/v1/resource";
import {
  type Span as OtlpSpan,
  type ResourceSpans,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";

/** Jaeger's words for Span.SpanKind, by number. */
const KINDS = ["", "internal", "server", "client", "producer", "consumer"];
const STATUSES: Readonly<Record<number, string>> = { [Status_StatusCode.OK]: "OK", [Status_StatusCode.ERROR]: "ERROR" };
/** What a process without a name is called, as Jaeger calls it. */
const NO_SERVICE = "OTLPResourceNoServiceName";
const NANOS_PER_SECOND = 1_000_000_000n;

/**
 * Spans as Jaeger's model has them: what has no field there becomes tags (opentelemetry-specification
 * trace/sdk_exporters/jaeger.md), an event a log, a link a reference.
 */
export function* jaegerSpans(resourceSpans: readonly ResourceSpans[]): Generator<Span & { process: Process }> {
  for (const { resource, scopeSpans } of resourceSpans) {
    const process = processOf(resource);
    for (const { scope, spans } of scopeSpans) {
      const ofScope = [...textTag("otel.scope.name", scope?.name), ...textTag("otel.scope.version", scope?.version)];
      for (const span of spans) yield { ...spanOf(span, ofScope), process };
    }
  }
}

function spanOf(span: OtlpSpan, ofScope: readonly Tag[]): Span {
  const { traceId, spanId, startTimeUnixNano: start, endTimeUnixNano: end } = span;
  return {
    traceId,
    spanId,
    operationName: span.name,
    references: referencesOf(span),
    flags: span.flags & 0xff,
    startTime: secondsAndNanos(start),
    duration: secondsAndNanos(end > start ? end - start : 0n),
    tags: [...span.attributes.map(tagOf), ...ofScope, ...ownTags(span)],
    logs: span.events.map(({ timeUnixNano, name, attributes }): Log => {
      return {
        timestamp: secondsAndNanos(timeUnixNano),
        fields: [...textTag("event", name), ...attributes.map(tagOf)],
      };
    }),
    process: undefined,
    processId: "",
    warnings: [],
  };
}

function referencesOf({ traceId, parentSpanId, links }: OtlpSpan): Span["references"] {
  const parent = parentSpanId.length === 0 ? [] : [{ traceId, spanId: parentSpanId, refType: SpanRefType.CHILD_OF }];
  return [
    ...parent,
    ...links.map((link) => ({ traceId: link.traceId, spanId: link.spanId, refType: SpanRefType.FOLLOWS_FROM })),
  ];
}

/** What OTLP has fields for. */
function ownTags({ kind, status, traceState }: OtlpSpan): Tag[] {
  const code = status?.code ?? Status_StatusCode.UNSET;
  return [
    ...textTag("span.kind", KINDS[kind]),
    ...textTag("otel.status_code", STATUSES[code]),
    ...(code === Status_StatusCode.ERROR ? [{ ...emptyTag("error"), vType: ValueType.BOOL, vBool: true }] : []),
    ...textTag("otel.status_description", status?.message),
    ...textTag("w3c.tracestate", traceState),
  ];
}

function processOf(resource: Resource | undefined): Process {
  const attributes = resource?.attributes ?? [];
  const name = attributes.findLast(({ key }) => key === "service.name");
  return {
    serviceName: valueText(name?.value) || NO_SERVICE,
    tags: attributes.filter(({ key }) => key !== "service.name").map(tagOf),
  };
}

function emptyTag(key: string): Tag {
  return { key, vType: ValueType.STRING, vStr: "", vBool: false, vInt64: 0n, vFloat64: 0, vBinary: Buffer.alloc(0) };
}

function textTag(key: string, text = ""): Tag[] {
  return text === "" ? [] : [{ ...emptyTag(key), vStr: text }];
}

function tagOf({ key, value }: KeyValue): Tag {
  const held = value?.value;
  switch (held?.$case) {
    case "boolValue":
      return { ...emptyTag(key), vType: ValueType.BOOL, vBool: held.value };
    case "intValue":
      return { ...emptyTag(key), vType: ValueType.INT64, vInt64: held.value };
    case "doubleValue":
      return { ...emptyTag(key), vType: ValueType.FLOAT64, vFloat64: held.value };
    case "bytesValue":
      return { ...emptyTag(key), vType: ValueType.BINARY, vBinary: held.value };
    default:
      return { ...emptyTag(key), vStr: valueText(value) };
  }
}

function secondsAndNanos(nanos: bigint): { seconds: bigint; nanos: number } {
  return { seconds: nanos / NANOS_PER_SECOND, nanos: Number(nanos % NANOS_PER_SECOND) };
}
