import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { createRandom } from "@sightline/testkit/random";
import { anyValueText, textOfBytes } from "./attribute-finder.ts";
import type { Range } from "./range.ts";
import { createSpanWalk, type SpanVisitor } from "./span-walk.ts";
import { arbitraryRequest, brokenRequests } from "./testing/arbitrary.ts";
import { generateTraces } from "./testing/generate.ts";
import { attributesText } from "./value-text.ts";
import type { Wire } from "./wire.ts";

const keys = ["http.route", "server.port", "k8s.pod.name"];

/** What the walk finds of a request's spans. */
function walked(payload: Uint8Array, wantsAttributes: (kind: number) => boolean = () => true) {
  const spans: object[] = [];
  const hex = ({ bytes }: Wire, { start, end }: Range) => Buffer.from(bytes.subarray(start, end)).toString("hex");
  const text = ({ bytes }: Wire, { start, end }: Range) => textOfBytes(bytes, start, end);
  const texts = (wire: Wire, ranges: readonly Range[]) => ranges.map((range) => anyValueText(wire, range));
  let resource: string[] = [];
  const visitor: SpanVisitor = {
    resource: (wire, { attributes }) => {
      resource = texts(wire, attributes);
    },
    wants: () => true,
    span: (wire, span) => {
      spans.push({
        resource,
        traceId: hex(wire, span.traceId),
        spanId: hex(wire, span.spanId),
        parentSpanId: hex(wire, span.parentSpanId),
        name: text(wire, span.name),
        statusMessage: text(wire, span.statusMessage),
        kind: span.kind,
        statusCode: span.statusCode,
        end: (BigInt(span.end.high) << 32n) | BigInt(span.end.low >>> 0),
        attributes: texts(wire, span.attributes),
      });
    },
  };
  createSpanWalk({ keys, wantsAttributes })(payload, visitor);
  return spans;
}

/** The same of the decoded request. */
function decoded(payload: Uint8Array) {
  return ExportTraceServiceRequest.decode(payload).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const ofResource = attributesText(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => {
        const own = attributesText(span.attributes);
        return {
          resource: [...keys, "service.name"].map((key) => ofResource[key] ?? ""),
          traceId: span.traceId.toString("hex"),
          spanId: span.spanId.toString("hex"),
          parentSpanId: span.parentSpanId.toString("hex"),
          name: span.name,
          statusMessage: span.status?.message ?? "",
          kind: span.kind >>> 0,
          statusCode: (span.status?.code ?? 0) >>> 0,
          // As in times.ts: beyond 2262 there is no time.
          end: span.endTimeUnixNano >= 2n ** 63n ? 0n : span.endTimeUnixNano,
          attributes: keys.map((key) => own[key] ?? ""),
        };
      }),
    );
  });
}

test("spans as programs send them are found with all that is looked for", () => {
  const payloads = generateTraces({ seed: 5, requests: 5, records: 50, nowUnixNano: 1_700_000_000_000_000_000n });
  for (const payload of payloads) assert.deepEqual(walked(payload), decoded(payload));
});

test("fields in any order, missing, long or unknown", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const payload = arbitraryRequest("traces", createRandom(seed));
    const [found, wanted] = [walked(payload), decoded(payload)];
    assert.equal(found.length, wanted.length);
    for (const [at, span] of found.entries()) assert.deepEqual(span, wanted[at], `seed ${seed}, span ${at}`);
  }
});

test("attributes of kinds that are not wanted are passed over", () => {
  const [payload = Buffer.alloc(0)] = generateTraces({
    seed: 5,
    requests: 1,
    records: 50,
    nowUnixNano: 1_700_000_000_000_000_000n,
  });
  const wanted = walked(payload, (kind) => kind === 2);
  const all = decoded(payload).map((span) => (span.kind === 2 ? span : { ...span, attributes: ["", "", ""] }));
  assert.deepEqual(wanted, all);
});

test("bytes that are no request are refused, and nothing else goes wrong", () => {
  for (const payload of brokenRequests("traces")) {
    try {
      walked(payload);
    } catch (thrown) {
      assert.equal(AppError.from(thrown).code, "invalid_argument");
    }
  }
});
