import { type KeyValue, type Process, type Span, SpanRefType, ValueType } from "@sightline/proto/jaeger/api_v2/model";
import type { FoundTrace } from "./find-traces.ts";
import { jaegerSpans } from "./jaeger-span.ts";

/** A trace as Jaeger's page reads it (its internal/uimodel): times in microseconds, processes by ids of the trace's own. */
export function traceJson({ resourceSpans, isLimited }: FoundTrace) {
  const processes = new Map<Process, string>();
  const processIds = new Map<string, string>();
  const idOf = (process: Process): string => {
    const known = processes.get(process);
    if (known !== undefined) return known;
    const key = JSON.stringify(processJson(process));
    const id = processIds.get(key) ?? `p${processIds.size + 1}`;
    processIds.set(key, id);
    processes.set(process, id);
    return id;
  };
  const spans = Array.from(jaegerSpans(resourceSpans), (span) => spanJson(span, idOf(span.process)));
  const byId = Array.from(processes, ([process, id]) => [id, processJson(process)] as const);
  return {
    traceID: spans[0]?.traceID ?? "",
    spans,
    processes: Object.fromEntries(byId),
    warnings: isLimited ? ["the trace has more spans than one answer may have: these are the earliest"] : null,
  };
}

function spanJson(span: Span, processID: string) {
  return {
    traceID: span.traceId.toString("hex"),
    spanID: span.spanId.toString("hex"),
    ...(span.flags === 0 ? {} : { flags: span.flags }),
    operationName: span.operationName,
    references: span.references.map(({ refType, traceId, spanId }) => ({
      refType: refType === SpanRefType.CHILD_OF ? "CHILD_OF" : "FOLLOWS_FROM",
      traceID: traceId.toString("hex"),
      spanID: spanId.toString("hex"),
    })),
    startTime: microseconds(span.startTime),
    duration: microseconds(span.duration),
    tags: span.tags.map(tagJson),
    logs: span.logs.map(({ timestamp, fields }) => ({
      timestamp: microseconds(timestamp),
      fields: fields.map(tagJson),
    })),
    processID,
    warnings: null,
  };
}

function processJson({ serviceName, tags }: Process) {
  return { serviceName, tags: tags.map(tagJson) };
}

function tagJson(tag: KeyValue): { key: string; type: string; value: unknown } {
  const { key } = tag;
  switch (tag.vType) {
    case ValueType.BOOL:
      return { key, type: "bool", value: tag.vBool };
    case ValueType.INT64:
      return { key, type: "int64", value: integerJson(tag.vInt64) };
    case ValueType.FLOAT64:
      // JSON has no word for those that are not finite.
      return { key, type: "float64", value: Number.isFinite(tag.vFloat64) ? tag.vFloat64 : String(tag.vFloat64) };
    case ValueType.BINARY:
      return { key, type: "binary", value: tag.vBinary.toString("base64") };
    default:
      return { key, type: "string", value: tag.vStr };
  }
}

/** Who reads JSON into doubles must not lose digits. */
function integerJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function microseconds(time: { readonly seconds: bigint; readonly nanos: number } | undefined): number {
  return time === undefined ? 0 : Number(time.seconds) * 1_000_000 + Math.floor(time.nanos / 1000);
}
