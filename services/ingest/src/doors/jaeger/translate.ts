import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeBytesField,
  writeDoubleField,
  writeFixed32Field,
  writeFixed64Field,
  writeStringField,
  writeVarint64Field,
  writeVarintField,
  writtenBytes,
} from "@sightline/otlp/wire-writer";
import type { Steps } from "../steps.ts";
import {
  type Batch,
  forEachLog,
  forEachReference,
  forEachSpan,
  forEachTag,
  type Log,
  readBatch,
  type Span,
  type TagValue,
} from "./batch.ts";
import { type Meaning, meaningOf, type Scope } from "./meaning.ts";

/** A batch as OTLP. */
export interface Translated {
  /** A serialized ExportTraceServiceRequest. */
  readonly otlp: Buffer;
  readonly spans: number;
}

/**
 * Jaeger's Batch in Thrift's binary protocol as OTLP: open-telemetry/opentelemetry-specification
 * `specification/trace/sdk_exporters/jaeger.md` read backwards, as the OpenTelemetry collector reads it. Step
 * by step, so that others may have their turn between two of them.
 *
 * @param maxBytes the most that may come out
 * @throws AppError invalid_argument when it is malformed, too_large
 */
export function* translateBatch(body: Buffer, maxBytes: number): Steps<Translated> {
  const batch = yield* readBatch({ bytes: body, at: 0 });
  const writer = openWriter(maxBytes);
  const resourceSpans = begin(writer, 1);
  writeResource(writer, body, batch);
  const scopes = createScopes(writer);
  let spans = 0;
  yield* forEachSpan(body, batch.spans, (span) => {
    const meaning = meaningOf(body, span);
    scopes.enter(meaning.scope);
    const at = begin(writer, 2);
    writeSpan(writer, body, span, meaning);
    end(writer, at);
    spans += 1;
  });
  scopes.leave();
  end(writer, resourceSpans);
  return { otlp: writtenBytes(writer), spans };
}

function writeResource(writer: WireWriter, body: Buffer, { serviceName, processTags }: Batch): void {
  const at = begin(writer, 1);
  if (serviceName.length > 0) writeAttribute(writer, 1, "service.name", { kind: "string", value: serviceName });
  let named = false;
  forEachTag(body, processTags, ({ key }) => {
    named ||= key === "host.name";
  });
  forEachTag(body, processTags, ({ key, ...value }) => {
    writeAttribute(writer, 1, key === "hostname" && !named ? "host.name" : key, value);
  });
  end(writer, at);
}

/** Spans of one scope after each other share a ScopeSpans. */
function createScopes(writer: WireWriter) {
  let open: { readonly scope: Scope; readonly at: number } | undefined;
  const leave = (): void => {
    if (open !== undefined) end(writer, open.at);
    open = undefined;
  };
  return {
    enter: (scope: Scope): void => {
      if (open?.scope.name === scope.name && open.scope.version === scope.version) return;
      leave();
      open = { scope, at: begin(writer, 2) };
      const at = begin(writer, 1);
      if (scope.name !== "") writeStringField(writer, 1, scope.name);
      if (scope.version !== "") writeStringField(writer, 2, scope.version);
      end(writer, at);
    },
    leave,
  };
}

function writeSpan(writer: WireWriter, body: Buffer, span: Span, meaning: Meaning): void {
  const { kind, status, traceState, parentSpanId, said } = meaning;
  writeBytesField(writer, 1, traceIdOf(span));
  writeBytesField(writer, 2, idOf(span.spanId));
  if (traceState !== "") writeStringField(writer, 3, traceState);
  if (parentSpanId !== 0n) writeBytesField(writer, 4, idOf(parentSpanId));
  writeBytesField(writer, 5, span.operationName);
  if (kind !== 0) writeVarintField(writer, 6, kind);
  writeFixed64Field(writer, 7, nanosOf(span.startTime));
  writeFixed64Field(writer, 8, nanosOf(span.startTime + span.duration));
  forEachTag(body, span.tags, ({ key, ...value }) => {
    if (!said.has(key)) writeAttribute(writer, 9, key, value);
  });
  forEachLog(body, span.logs, (log) => writeEvent(writer, body, log));
  writeLinks(writer, body, span, parentSpanId);
  if (status !== undefined) {
    const at = begin(writer, 15);
    if (status.message !== "") writeStringField(writer, 2, status.message);
    writeVarintField(writer, 3, status.code);
    end(writer, at);
  }
  // Of Jaeger's flags only "sampled" is one of W3C's, and it is the same bit.
  writeFixed32Field(writer, 16, span.flags & 1);
}

/** A log's field `event` is the name of the event. */
function writeEvent(writer: WireWriter, body: Buffer, { timestamp, fields }: Log): void {
  const at = begin(writer, 11);
  writeFixed64Field(writer, 1, nanosOf(timestamp));
  let named = false;
  forEachTag(body, fields, ({ key, ...value }) => {
    if (key !== "event" || value.kind !== "string" || named) return writeAttribute(writer, 3, key, value);
    named = true;
    writeBytesField(writer, 2, value.value);
  });
  end(writer, at);
}

/** All references but the one to the parent. */
function writeLinks(writer: WireWriter, body: Buffer, span: Span, parentSpanId: bigint): void {
  forEachReference(body, span.references, (reference) => {
    const { kind, spanId } = reference;
    if (kind === "child of" && spanId === parentSpanId) return;
    const at = begin(writer, 13);
    writeBytesField(writer, 1, traceIdOf(reference));
    writeBytesField(writer, 2, idOf(spanId));
    const value = Buffer.from(kind === "child of" ? "child_of" : "follows_from");
    writeAttribute(writer, 4, "opentracing.ref_type", { kind: "string", value });
    end(writer, at);
  });
}

/** An opentelemetry.proto.common.v1.KeyValue in a field. */
function writeAttribute(writer: WireWriter, field: number, key: string, tag: TagValue): void {
  const at = begin(writer, field);
  writeStringField(writer, 1, key);
  const value = begin(writer, 2);
  if (tag.kind === "string") writeBytesField(writer, 1, tag.value);
  else if (tag.kind === "bool") writeVarintField(writer, 2, tag.value ? 1 : 0);
  else if (tag.kind === "long") writeVarint64Field(writer, 3, tag.value);
  else if (tag.kind === "double") writeDoubleField(writer, 4, tag.value);
  else writeBytesField(writer, 7, tag.value);
  end(writer, value);
  end(writer, at);
}

function traceIdOf({ traceIdHigh, traceIdLow }: Pick<Span, "traceIdHigh" | "traceIdLow">): Buffer {
  return Buffer.concat([idOf(traceIdHigh), idOf(traceIdLow)]);
}

function idOf(id: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(id);
  return bytes;
}

function nanosOf(micros: bigint): bigint {
  return micros * 1000n;
}
