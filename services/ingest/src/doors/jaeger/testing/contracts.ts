import assert from "node:assert/strict";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { type DoorContract, usualCompressions } from "../../testing/door-contract.ts";
import { httpSender } from "../../testing/sender.ts";
import { encodeBatch, i64, type SpanFields } from "./encode-batch.ts";

function batchOf(spans: readonly SpanFields[]): Buffer {
  return encodeBatch({ process: { serviceName: "shop" }, spans });
}

const good = (operationName: string): SpanFields => ({ operationName });

/** Jaeger's Thrift over HTTP. */
export const jaegerContracts: readonly DoorContract[] = [
  {
    name: "Jaeger Thrift over HTTP",
    protocol: "jaeger",
    signal: "traces",
    sender: httpSender({
      path: "/api/traces?format=jaeger.thrift",
      headers: { "content-type": "application/x-thrift" },
    }),
    compressions: usualCompressions,
    request: (marks) => batchOf(marks.map(good)),
    marksIn: (payload) =>
      ExportTraceServiceRequest.decode(payload).resourceSpans.flatMap((resource) =>
        resource.scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ),
    empty: [batchOf([])],
    malformed: [Buffer.alloc(0), Buffer.from("not Thrift"), batchOf([good("cut off")]).subarray(0, -20)],
    half: {
      refused: 1,
      request: ([first = "", ...rest]) =>
        batchOf([good(first), { operationName: "no id", spanId: i64(0n) }, ...rest.map(good)]),
      assertSaid: ({ code, body }) => {
        assert.equal(code, 202);
        assert.match(body.toString(), /^1 of 4 spans were refused: .*span_id/);
      },
    },
    assertRefusal: ({ contentType, body }) => {
      assert.equal(contentType, "text/plain; charset=utf-8");
      assert.notEqual(body.length, 0);
    },
  },
];
