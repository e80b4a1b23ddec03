import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readQuery } from "@sightline/query/promql/engine";
import { parametersOfUrl } from "../http/request-parameters.ts";
import { type PerformanceKind, performanceQuery, performanceQuestion } from "./performance.ts";

const nowMs = 1_700_000_000_000;

function questionOf(kind: PerformanceKind, query: string) {
  return performanceQuestion(kind, parametersOfUrl(new URL(`http://gateway/?${query}`)), nowMs);
}

describe("how services do, as Jaeger asks for it", () => {
  const cases: readonly [kind: PerformanceKind, query: string, promql: string][] = [
    [
      "calls",
      "service=web",
      'sum by (service) (rate(traces_spanmetrics_calls_total{service=~"web",span_kind=~"SPAN_KIND_SERVER"}[600000ms]))',
    ],
    [
      "latencies",
      "service=web&service=a.b&quantile=0.95&groupByOperation=true&ratePer=60000&spanKind=client&spanKind=SERVER",
      'histogram_quantile(0.95, sum by (service, span_name, le) (rate(traces_spanmetrics_latency_bucket{service=~"web|a\\\\.b",' +
        'span_kind=~"SPAN_KIND_CLIENT|SPAN_KIND_SERVER"}[60000ms]))) * 1000',
    ],
  ];
  for (const [kind, query, promql] of cases) {
    test(`${kind} of ${query}`, () => {
      assert.equal(performanceQuery(questionOf(kind, query)), promql);
    });
  }

  test("every question is PromQL, whatever services are called", () => {
    for (const kind of ["calls", "errors", "latencies"] as const) {
      readQuery(performanceQuery(questionOf(kind, `quantile=0.5&service=${encodeURIComponent('"}\\|(')}`)));
    }
  });

  test("the last hour in steps of five seconds, where nothing else is said", () => {
    assert.partialDeepStrictEqual(questionOf("calls", "service=web"), {
      startMs: nowMs - 3_600_000,
      endMs: nowMs,
      stepMs: 5000,
    });
    const asked = questionOf("calls", "service=web&endTs=60000&lookback=60000&step=1000");
    assert.deepEqual([asked.startMs, asked.endMs, asked.stepMs], [0, 60_000, 1000]);
  });

  const wrong: readonly [kind: PerformanceKind, query: string, message: RegExp][] = [
    ["calls", "", /parameter 'service' is required/],
    ["latencies", "service=web", /parameter 'quantile' is required/],
    ["latencies", "service=web&quantile=95", /unable to parse param 'quantile'/],
    ["calls", "service=web&spanKind=sideways", /unable to parse param 'spanKind'/],
    ["calls", "service=web&step=0", /unable to parse param 'step'/],
    ["calls", "service=web&groupByOperation=perhaps", /unable to parse param 'groupByOperation'/],
  ];
  for (const [kind, query, message] of wrong) {
    test(`${kind} of ${query || "nothing"} are refused`, () => {
      assert.throws(() => questionOf(kind, query), { code: "invalid_argument", message });
    });
  }
});
