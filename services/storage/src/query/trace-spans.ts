import { readFileSync } from "node:fs";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  type ResourceSpans,
  type Span,
  Span_SpanKind,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { z } from "zod";
import type { ReadContext, Reader } from "./reader.ts";
import { attributes, int64 } from "./row-types.ts";

const spansSql = readFileSync(new URL("./sql/trace-spans.sql", import.meta.url), "utf8");

const spanRow = z.object({
  traceId: z.string(),
  time: int64,
  spanId: z.string(),
  parentSpanId: z.string(),
  traceState: z.string(),
  name: z.string(),
  kind: z.string(),
  resourceAttributes: attributes,
  scopeName: z.string(),
  scopeVersion: z.string(),
  attributes,
  duration: int64,
  statusCode: z.string(),
  statusMessage: z.string(),
  eventTimes: z.array(int64),
  eventNames: z.array(z.string()),
  eventAttributes: z.array(attributes),
  linkTraceIds: z.array(z.string()),
  linkSpanIds: z.array(z.string()),
  linkTraceStates: z.array(z.string()),
  linkAttributes: z.array(attributes),
});
/** A span as it is kept. */
export type SpanRow = z.infer<typeof spanRow>;

const spansOfTraces = { sql: spansSql, row: spanRow };

/** Which spans are read. */
export interface SpansOfTraces {
  /** As they are stored. */
  readonly traceIds: readonly string[];
  /** In which a trace has a span that begins; nanoseconds since the Unix epoch, the end exclusive. Default: any. */
  readonly time?: { readonly startUnixNano: bigint; readonly endUnixNano: bigint };
  readonly limit: number;
}

const ANY_TIME = { startUnixNano: 0n, endUnixNano: 2n ** 63n - 1n };

/** Spans of some traces, trace by trace in the order of their ids, of each the earliest first. */
export async function readSpans(
  reader: Reader,
  { traceIds, time = ANY_TIME, limit }: SpansOfTraces,
  context: ReadContext,
): Promise<SpanRow[]> {
  const bounds = { start: String(time.startUnixNano), end: String(time.endUnixNano) };
  return await reader.read(spansOfTraces, { traceIds, ...bounds, limit }, context);
}

/** Spans as OTLP, grouped by resource and scope; attribute values are the texts they are kept as. */
export function resourceSpansOf(rows: readonly SpanRow[]): ResourceSpans[] {
  const byResource = Map.groupBy(rows, (row) => JSON.stringify(row.resourceAttributes));
  return [...byResource.values()].map(spansOfResource);
}

/** The spans of one resource, which all rows have in common. */
function spansOfResource(rows: readonly SpanRow[]): ResourceSpans {
  const byScope = Map.groupBy(rows, (row) => JSON.stringify([row.scopeName, row.scopeVersion]));
  return {
    resource: {
      attributes: keyValues(rows[0]?.resourceAttributes ?? {}),
      droppedAttributesCount: 0,
      entityRefs: [],
    },
    scopeSpans: [...byScope.values()].map((spans) => ({
      scope: {
        name: spans[0]?.scopeName ?? "",
        version: spans[0]?.scopeVersion ?? "",
        attributes: [],
        droppedAttributesCount: 0,
      },
      spans: spans.map(spanOf),
      schemaUrl: "",
    })),
    schemaUrl: "",
  };
}

const KINDS: Readonly<Record<string, Span_SpanKind>> = {
  Internal: Span_SpanKind.INTERNAL,
  Server: Span_SpanKind.SERVER,
  Client: Span_SpanKind.CLIENT,
  Producer: Span_SpanKind.PRODUCER,
  Consumer: Span_SpanKind.CONSUMER,
};

const STATUS_CODES: Readonly<Record<string, Status_StatusCode>> = {
  Ok: Status_StatusCode.OK,
  Error: Status_StatusCode.ERROR,
};

function spanOf(row: SpanRow): Span {
  return {
    traceId: Buffer.from(row.traceId, "hex"),
    spanId: Buffer.from(row.spanId, "hex"),
    traceState: row.traceState,
    parentSpanId: Buffer.from(row.parentSpanId, "hex"),
    flags: 0,
    name: row.name,
    kind: KINDS[row.kind] ?? Span_SpanKind.UNSPECIFIED,
    startTimeUnixNano: row.time,
    endTimeUnixNano: row.time + row.duration,
    attributes: keyValues(row.attributes),
    droppedAttributesCount: 0,
    events: row.eventTimes.map((timeUnixNano, at) => ({
      timeUnixNano,
      name: row.eventNames[at] ?? "",
      attributes: keyValues(row.eventAttributes[at] ?? {}),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    links: row.linkTraceIds.map((linkTraceId, at) => ({
      traceId: Buffer.from(linkTraceId, "hex"),
      spanId: Buffer.from(row.linkSpanIds[at] ?? "", "hex"),
      traceState: row.linkTraceStates[at] ?? "",
      attributes: keyValues(row.linkAttributes[at] ?? {}),
      droppedAttributesCount: 0,
      flags: 0,
    })),
    droppedLinksCount: 0,
    status: { code: STATUS_CODES[row.statusCode] ?? Status_StatusCode.UNSET, message: row.statusMessage },
  };
}

function keyValues(values: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: { value: { $case: "stringValue", value } },
    keyStrindex: 0,
  }));
}
