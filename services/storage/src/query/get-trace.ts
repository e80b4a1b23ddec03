import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  type ResourceSpans,
  type Span,
  Span_SpanKind,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { GetTraceRequest, GetTraceResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { traceIdOf } from "./bounds.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { attributes, int64 } from "./row-types.ts";

const getSql = readFileSync(new URL("./sql/get-trace.sql", import.meta.url), "utf8");

const spanRow = z.object({
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
type SpanRow = z.infer<typeof spanRow>;

const spansOfTrace = { sql: getSql, row: spanRow };
const MAX_SPANS = 20_000;

/** All spans of one trace as OTLP; attribute values are the texts they are kept as. */
export function getTrace(reader: Reader) {
  return async (request: GetTraceRequest, context: ReadContext): Promise<GetTraceResponse> => {
    const traceId = traceIdOf("trace_id", request.traceId);
    const rows = await reader.read(spansOfTrace, { traceId, limit: MAX_SPANS + 1 }, context);
    if (rows.length === 0) throw new AppError("not_found", `cannot find the trace ${traceId}`);
    if (rows.length > MAX_SPANS) {
      const message = `cannot give the trace ${traceId}: got more than ${MAX_SPANS} spans, want at most that many`;
      throw new AppError("resource_exhausted", message);
    }
    const byResource = Map.groupBy(rows, (row) => JSON.stringify(row.resourceAttributes));
    return { resourceSpans: [...byResource.values()].map((spans) => resourceSpansOf(traceId, spans)) };
  };
}

/** The spans of one resource, which all rows have in common. */
function resourceSpansOf(traceId: string, rows: readonly SpanRow[]): ResourceSpans {
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
      spans: spans.map((row) => spanOf(traceId, row)),
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

function spanOf(traceId: string, row: SpanRow): Span {
  return {
    traceId: Buffer.from(traceId, "hex"),
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
