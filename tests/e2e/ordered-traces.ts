import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";

/** When the first span begins, but for its number; milliseconds since the Unix epoch. */
export const startMs = Date.now() - 5000;
export const orderId = "4bf92f3577b34da6a3ce929d0e0e4736";
export const healthId = "00000000000000000000000000000a0b";
/** Of no trace. */
export const unknownId = "ffffffffffffffffffffffffffffffff";

const text = (key: string, value: string) => ({ key, value: { value: { $case: "stringValue" as const, value } } });
const spanId = (number: number) => Buffer.from(number.toString(16).padStart(16, "0"), "hex");

interface TestSpan {
  readonly traceId?: string;
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  readonly kind: keyof typeof Span_SpanKind;
  readonly ms: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly more?: object;
}

function spansOf(service: string, spans: readonly TestSpan[]) {
  return {
    resource: { attributes: [text("service.name", service), text("service.version", "1.0.0")] },
    scopeSpans: [
      {
        scope: { name: "test", version: "2" },
        spans: spans.map(({ traceId = orderId, id, parent, name, kind, ms, attributes = {}, more }) => ({
          traceId: Buffer.from(traceId, "hex"),
          spanId: spanId(id),
          parentSpanId: parent === undefined ? Buffer.alloc(0) : spanId(parent),
          name,
          kind: Span_SpanKind[kind],
          startTimeUnixNano: BigInt(startMs + id) * 1_000_000n,
          endTimeUnixNano: BigInt(startMs + id + ms) * 1_000_000n,
          attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
          ...more,
        })),
      },
    ],
  };
}

/** An order of a shop with a database and a queue, and a request of another kind. */
export const sent = ExportTraceServiceRequest.fromPartial({
  resourceSpans: [
    spansOf("web", [
      { id: 1, name: "GET /order", kind: "SERVER", ms: 500, attributes: { "http.response.status_code": "200" } },
      { id: 2, parent: 1, name: "POST", kind: "CLIENT", ms: 400 },
      { traceId: healthId, id: 20, name: "GET /healthz", kind: "SERVER", ms: 1 },
    ]),
    spansOf("shop", [
      {
        id: 3,
        parent: 2,
        name: "POST /order",
        kind: "SERVER",
        ms: 300,
        more: {
          status: { code: Status_StatusCode.ERROR, message: "out of stock" },
          events: [{ timeUnixNano: BigInt(startMs) * 1_000_000n, name: "retry", attributes: [text("n", "1")] }],
          links: [{ traceId: Buffer.from(healthId, "hex"), spanId: spanId(20) }],
        },
      },
      {
        ...{ id: 4, parent: 3, name: "SELECT", kind: "CLIENT", ms: 20 },
        attributes: { "db.system": "postgresql", "server.address": "orders-db" },
      },
      {
        ...{ id: 5, parent: 3, name: "orders send", kind: "PRODUCER", ms: 5 },
        attributes: { "messaging.system": "nats", "messaging.destination.name": "orders" },
      },
    ]),
    spansOf("mail", [
      {
        ...{ id: 30, parent: 5, name: "orders process", kind: "CONSUMER", ms: 50 },
        attributes: { "messaging.system": "nats", "messaging.destination.name": "orders" },
      },
    ]),
  ],
});
