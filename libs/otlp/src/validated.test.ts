import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { AnyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { createRandom } from "@sightline/testkit/random";
import { createLogTranscoder } from "./logs.ts";
import { createMetricTranscoder } from "./metrics.ts";
import type { OtlpSignal } from "./shapes.ts";
import { arbitraryRequest, brokenRequests } from "./testing/arbitrary.ts";
import { generateLogs, generateMetrics, generateTraces } from "./testing/generate.ts";
import { createTraceTranscoder } from "./traces.ts";
import type { Transcoder } from "./transcoder.ts";
import { createValidate, DEFAULT_LIMITS, type Validated } from "./validate.ts";

const signals: [OtlpSignal, () => Transcoder, typeof generateTraces][] = [
  ["traces", createTraceTranscoder, generateTraces],
  ["logs", createLogTranscoder, generateLogs],
  ["metrics", createMetricTranscoder, generateMetrics],
];

const context = { tenant: "acme", receivedUnixNano: 1n };

for (const [signal, create, generate] of signals) {
  const validate = createValidate(signal);
  const attempt = (payload: Uint8Array): Validated | undefined => {
    try {
      return validate(payload);
    } catch {
      return undefined;
    }
  };

  test(`${signal}: nothing that is taken at the door is refused by storage`, () => {
    const transcoder = create();
    const valid = Array.from({ length: 100 }, (_, seed) => arbitraryRequest(signal, createRandom(seed)));
    let [taken, refused] = [0, 0];
    for (const payload of [...valid, ...brokenRequests(signal)]) {
      const validated = attempt(payload);
      if (validated === undefined) {
        refused++;
        continue;
      }
      taken++;
      transcoder.reset();
      const appended = transcoder.append(validated.payload, context);
      const what = `${Buffer.from(payload).toString("hex").slice(0, 2000)}`;
      assert.deepEqual(appended, { ok: true, records: validated.records }, what);
    }
    assert.ok(taken > 800 && refused > 1000, `${taken} taken, ${refused} refused`);
  });

  test(`${signal}: what SDKs send passes unchanged`, () => {
    for (const request of generate({ seed: 5, requests: 3, records: 100, nowUnixNano: 1_700_000_000_000_000_000n })) {
      const { payload, records, refused } = validate(request);
      assert.equal(payload, request);
      assert.deepEqual([records, refused.records], [100, 0]);
    }
  });
}

test("values as deep as the door lets through are stored, deeper ones are refused there", () => {
  const deep = (levels: number): AnyValue => ({
    value: { $case: "arrayValue", value: { values: levels > 1 ? [deep(levels - 1)] : [] } },
  });
  const log = (levels: number) =>
    ExportLogsServiceRequest.encode(
      ExportLogsServiceRequest.fromPartial({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: deep(levels) }] }] }],
      }),
    ).finish();
  const validate = createValidate("logs");
  for (const [levels, refused] of [
    [32, 0],
    [33, 1],
    [1000, 1],
  ] as const) {
    assert.equal(validate(log(levels)).refused.records, refused);
    assert.equal(createLogTranscoder().append(log(levels), context).ok, refused === 0, `${levels} levels`);
  }
});

test("a resource that its records would multiply beyond measure is refused with them", () => {
  const attributes = [{ key: "k", value: { value: { $case: "stringValue" as const, value: "v".repeat(1000) } } }];
  const logRecords = Array.from({ length: 100 }, () => ({}));
  const request = ExportLogsServiceRequest.fromPartial({
    resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }, { scopeLogs: [{ logRecords: [{}] }] }],
  });
  const payload = ExportLogsServiceRequest.encode(request).finish();
  const strict = createValidate("logs")(payload, { limits: { ...DEFAULT_LIMITS, maxSharedBytes: 100_000 } });
  assert.deepEqual([strict.records, strict.refused.records], [1, 100]);
  assert.match(strict.refused.message, /a resource of 1012 bytes has 100 records, want at most 100000 bytes together/);
  assert.equal(createValidate("logs")(payload).refused.records, 0);
});

test("ids of zeros are none, which only a parent may be", () => {
  const zeros = Buffer.alloc(8);
  const good = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };
  const cases: [fields: object, message: RegExp | undefined][] = [
    [{ parentSpanId: zeros }, undefined],
    [{ parentSpanId: Buffer.alloc(3) }, /parent_span_id has 3 bytes, want 8/],
    [{ spanId: zeros }, /span_id is all zeros/],
    [{ traceId: Buffer.alloc(16) }, /trace_id is all zeros/],
  ];
  for (const [fields, message] of cases) {
    const request = ExportTraceServiceRequest.fromPartial({
      resourceSpans: [{ scopeSpans: [{ spans: [{ ...good, ...fields }] }] }],
    });
    const { refused } = createValidate("traces")(ExportTraceServiceRequest.encode(request).finish());
    if (message === undefined) assert.equal(refused.records, 0);
    else assert.match(refused.message, message);
  }
});
