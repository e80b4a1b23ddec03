import { runRateBench } from "@sightline/otlp/testing/bench";
import { generateTraces } from "@sightline/otlp/testing/generate";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { Span } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { config } from "../config.ts";
import { createSpanCounter } from "./span-counter.ts";

// What counting costs for each span: those of an instrumented shop, of which two in three are ends of edges that find
// each other.
const nowMs = 1_700_000_000_000;
const receivedUnixNano = BigInt(nowMs) * 1_000_000n;
const records = 40_000;
const requests = paired(generateTraces({ seed: 1, requests: 200, records: 200, nowUnixNano: receivedUnixNano }));
const { spans } = config.parse({ internalToken: "bench" });
const options = { ...spans, maxSeries: () => spans.maxSeriesPerTenant, dropped: () => undefined };
const counter = createSpanCounter(options, nowMs);
let laterMs = nowMs;

runRateBench({
  bench: "spans",
  metric: "spans_per_second_per_core",
  unit: "spans/s",
  config: { records },
  batch() {
    for (const payload of requests) counter.count({ tenant: "default", payload, receivedUnixNano }, laterMs);
    laterMs += spans.graph.waitMs;
    counter.expire(laterMs);
    return records;
  },
});

/** Makes each server's and consumer's span the child of a client's or producer's; those left over begin a trace. */
function paired(payloads: readonly Uint8Array[]): Uint8Array[] {
  const decoded = payloads.map((payload) => ExportTraceServiceRequest.decode(payload));
  const all = decoded.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const ofKind = (kind: Span["kind"]) => all.filter((span) => span.kind === kind);
  const join = (callers: readonly Span[], callees: readonly Span[]) => {
    for (const [at, callee] of callees.entries()) {
      const caller = callers[at];
      callee.traceId = caller?.traceId ?? callee.traceId;
      callee.parentSpanId = caller?.spanId ?? Buffer.alloc(0);
    }
  };
  join(ofKind(3), ofKind(2));
  join(ofKind(4), ofKind(5));
  return decoded.map((request) => ExportTraceServiceRequest.encode(request).finish());
}
