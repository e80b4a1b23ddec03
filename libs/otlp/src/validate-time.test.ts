import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { OtlpSignal } from "./shapes.ts";
import { createValidate, DEFAULT_LIMITS } from "./validate.ts";
import type { RefusalReason } from "./violation.ts";

const day = 86_400_000_000_000n;
const now = 1_790_000_000_000_000_000n;
const rules = { limits: DEFAULT_LIMITS, times: { oldestUnixNano: now - 90n * day, newestUnixNano: now + day / 24n } };

const ids = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2) };
const spanAt = (startTimeUnixNano: bigint) =>
  ExportTraceServiceRequest.encode(
    ExportTraceServiceRequest.fromPartial({
      resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, startTimeUnixNano }] }] }],
    }),
  ).finish();
const logAt = (times: { timeUnixNano?: bigint; observedTimeUnixNano?: bigint }) =>
  ExportLogsServiceRequest.encode(
    ExportLogsServiceRequest.fromPartial({ resourceLogs: [{ scopeLogs: [{ logRecords: [times] }] }] }),
  ).finish();
const pointAt = (timeUnixNano: bigint, exemplarAt = now) =>
  ExportMetricsServiceRequest.encode(
    ExportMetricsServiceRequest.fromPartial({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: "m",
                  data: {
                    $case: "gauge" as const,
                    value: {
                      dataPoints: [{ timeUnixNano, startTimeUnixNano: 1n, exemplars: [{ timeUnixNano: exemplarAt }] }],
                    },
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  ).finish();

const cases: [name: string, signal: OtlpSignal, request: Uint8Array, want: RefusalReason | undefined][] = [
  ["a span of now", "traces", spanAt(now), undefined],
  ["a span of ten days ago", "traces", spanAt(now - 10n * day), undefined],
  ["a span of last year", "traces", spanAt(now - 365n * day), "too_old"],
  ["a span of 1970", "traces", spanAt(1n), "too_old"],
  ["a span without a time", "traces", spanAt(0n), undefined],
  ["a span of tomorrow", "traces", spanAt(now + day), "too_new"],
  ["a span beyond what nanoseconds can count", "traces", spanAt(2n ** 64n - 1n), "too_new"],
  ["a log of tomorrow", "logs", logAt({ timeUnixNano: now + day }), "too_new"],
  ["a log without a time, observed tomorrow", "logs", logAt({ observedTimeUnixNano: now + day }), "too_new"],
  ["a log without any time", "logs", logAt({}), undefined],
  ["a log that is half an hour ahead", "logs", logAt({ timeUnixNano: now + day / 48n }), undefined],
  ["a point of now, counting since 1970", "metrics", pointAt(now), undefined],
  ["a point of 1970", "metrics", pointAt(1000n), "too_old"],
  ["a point of 2500", "metrics", pointAt(2n ** 63n + 5n), "too_new"],
  ["a point with an exemplar of 1970", "metrics", pointAt(now, 5n), "too_old"],
];
for (const [name, signal, request, want] of cases) {
  test(`${name} is ${want ?? "taken"}`, () => {
    const { refused } = createValidate(signal)(request, rules);
    assert.deepEqual([...refused.reasons.keys()], want === undefined ? [] : [want]);
    assert.equal(createValidate(signal)(request).refused.records, 0, "without a window any time will do");
  });
}

test("the refusal says what was got and what is wanted", () => {
  const { refused } = createValidate("logs")(logAt({ timeUnixNano: 1_544_712_660_300_000_000n }), rules);
  assert.match(
    refused.message,
    /^a log record's time is 2018-12-13T14:51:00Z, want 2026-06-23T\d\d:\d\d:\d\dZ to 2026-09-21T\d\d:\d\d:\d\dZ$/,
  );
});
