import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";

export interface EncodedTraces {
  readonly request: Buffer;
  /** Where the 16 bytes of each span's trace id are. */
  readonly traceIdOffsets: readonly number[];
}

/** A generator of numbers that are the same on every run (Lehmer, MINSTD). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const KINDS = [
  Span_SpanKind.INTERNAL,
  Span_SpanKind.SERVER,
  Span_SpanKind.CLIENT,
  Span_SpanKind.PRODUCER,
  Span_SpanKind.CONSUMER,
];

const text = (value: string) => ({ value: { $case: "stringValue" as const, value } });

/**
 * A serialized request of spans as an instrumented shop sends them: one of 20 services, some 40 routes, 10 attributes of
 * mixed cardinality. Trace ids are to be set anew for each sending, at the given offsets.
 */
export function encodeTraces(spans: number, seed: number, nowUnixNano: bigint): EncodedTraces {
  const random = seededRandom(seed);
  const service = `service-${random(20)}`;
  const marks = Array.from({ length: spans }, (_, at) => {
    const mark = Buffer.alloc(16, 0xa5);
    mark.writeUInt32BE(seed, 4);
    mark.writeUInt32BE(at, 8);
    return mark;
  });
  const request = Buffer.from(
    ExportTraceServiceRequest.encode(
      ExportTraceServiceRequest.fromPartial({
        resourceSpans: [
          {
            resource: {
              attributes: [
                { key: "service.name", value: text(service) },
                { key: "host.name", value: text(`host-${random(50)}`) },
              ],
            },
            scopeSpans: [
              {
                scope: { name: "bench", version: "1" },
                spans: marks.map((traceId, at) => spanOf(traceId, at, random, nowUnixNano)),
              },
            ],
          },
        ],
      }),
    ).finish(),
  );
  const traceIdOffsets: number[] = [];
  let from = 0;
  for (const mark of marks) {
    from = request.indexOf(mark, from);
    traceIdOffsets.push(from);
  }
  return { request, traceIdOffsets };
}

function spanOf(traceId: Buffer, at: number, random: (below: number) => number, nowUnixNano: bigint) {
  const spanId = Buffer.alloc(8);
  spanId.writeUInt32BE(at + 1, 4);
  const start = nowUnixNano - BigInt(random(1_000_000_000));
  const attributes = [
    ["http.request.method", ["GET", "POST", "PUT"][random(3)] ?? ""],
    ["http.route", `/api/v1/resource-${random(40)}/{id}`],
    ["http.response.status_code", String([200, 200, 200, 404, 500][random(5)])],
    ["url.full", `https://shop.example/api/v1/resource/${random(100_000)}`],
    ["server.address", `10.0.${random(4)}.${random(250)}`],
    ["user.id", `user-${random(10_000)}`],
    ["db.system", "postgresql"],
    ["db.operation", ["SELECT", "INSERT", "UPDATE"][random(3)] ?? ""],
    ["thread.name", `worker-${random(16)}`],
    ["deployment.environment", "production"],
  ];
  return {
    traceId,
    spanId,
    name: `GET /api/v1/resource-${random(40)}`,
    kind: KINDS[random(KINDS.length)] ?? Span_SpanKind.INTERNAL,
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(random(500_000_000)),
    attributes: attributes.map(([key, value]) => ({ key: key ?? "", value: text(value ?? "") })),
    status: { code: random(20) === 0 ? Status_StatusCode.ERROR : Status_StatusCode.UNSET },
  };
}
