import {
  ExportTraceServiceRequest,
  TraceServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { createClient } from "@sightline/rpc/client";

/** How many there are. */
export const TRACES = 12;
/** Each trace begins ten seconds after the one before. */
const beganMs = Math.floor(Date.now() / 60_000) * 60_000 - 300_000;
/** When a trace begins, nanoseconds since the Unix epoch. */
export const startOf = (trace: number) => BigInt(beganMs + trace * 10_000) * 1_000_000n;
/** Seconds since the Unix epoch, so many after the first trace began. */
export const seconds = (after: number) => String(beganMs / 1000 + after);
/** The time that all of them are in. */
export const range = { start: seconds(-60), end: seconds(240) };
/** The id of a trace. */
export const idOf = (trace: number) => (trace + 0xa0).toString(16).padStart(32, "0");
/** The ids of the two spans of each trace. */
export const rootId = "00000000000000a1";
export const payId = "00000000000000a2";

/** Checkouts of a web shop; every fourth fails in the payment, which tells of it by an event. */
export async function sendCheckouts(address: string, apiKey: string): Promise<void> {
  const client = createClient(TraceServiceClient, address, { apiKey });
  const text = (key: string, value: string) => ({ key, value: { value: { $case: "stringValue" as const, value } } });
  const number = (key: string, value: number) => ({
    key,
    value: { value: { $case: "intValue" as const, value: BigInt(value) } },
  });
  const resource = (name: string) => ({ attributes: [text("service.name", name), text("region", "eu")] });
  const id = (hex: string) => Buffer.from(hex, "hex");
  const spans = (make: (trace: number) => object) => Array.from({ length: TRACES }, (_, trace) => make(trace));
  const root = (trace: number) => ({
    traceId: id(idOf(trace)),
    spanId: id(rootId),
    name: trace % 2 === 0 ? "GET /checkout" : "GET /cart",
    kind: Span_SpanKind.SERVER,
    startTimeUnixNano: startOf(trace),
    endTimeUnixNano: startOf(trace) + 100_000_000n,
    attributes: [number("http.status_code", trace % 4 === 0 ? 500 : 200), text("user name", `u${trace}`)],
  });
  const pay = (trace: number) => ({
    traceId: id(idOf(trace)),
    spanId: id(payId),
    parentSpanId: id(rootId),
    name: "pay",
    kind: Span_SpanKind.CLIENT,
    startTimeUnixNano: startOf(trace) + 10_000_000n,
    endTimeUnixNano: startOf(trace) + 10_000_000n + BigInt(20 + trace) * 1_000_000n,
    status: trace % 4 === 0 ? { code: Status_StatusCode.ERROR, message: "declined" } : { code: Status_StatusCode.OK },
    events:
      trace % 4 === 0
        ? [
            {
              name: "exception",
              timeUnixNano: startOf(trace) + 12_000_000n,
              attributes: [text("exception.type", "Declined")],
            },
          ]
        : [],
    links: trace === 1 ? [{ traceId: id(idOf(0)), spanId: id(rootId) }] : [],
  });
  const request = {
    resourceSpans: [
      { resource: resource("web"), scopeSpans: [{ scope: { name: "http", version: "2" }, spans: spans(root) }] },
      { resource: resource("payment"), scopeSpans: [{ spans: spans(pay) }] },
    ],
  };
  try {
    await client.call("export", ExportTraceServiceRequest.fromPartial(request));
  } finally {
    client.close();
  }
}
