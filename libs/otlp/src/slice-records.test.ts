import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { Metric } from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { RECORD_PATHS } from "./message-path.ts";
import { countRecords, sliceRecords } from "./slice-records.ts";

/** Records `r/s/n` of so many resources and scopes; a resource without scopes is between them. */
function logsRequest(records: readonly (readonly number[])[]): Uint8Array {
  const request = ExportLogsServiceRequest.fromPartial({
    resourceLogs: records.map((scopes, resource) => ({
      schemaUrl: `resource ${resource}`,
      scopeLogs: scopes.map((count, scope) => ({
        scope: { name: `scope ${scope}` },
        logRecords: Array.from({ length: count }, (_, at) => ({ severityText: `${resource}/${scope}/${at}` })),
      })),
    })),
  });
  return ExportLogsServiceRequest.encode(request).finish();
}

/** Every record with the names of what surrounds it. */
function flat(bytes: Uint8Array): string[] {
  return ExportLogsServiceRequest.decode(bytes).resourceLogs.flatMap((resource) =>
    resource.scopeLogs.flatMap((scope) =>
      scope.logRecords.map((record) => `${resource.schemaUrl}, ${scope.scope?.name}: ${record.severityText}`),
    ),
  );
}

test("a slice has the records of its range under what surrounded them, and nothing else", () => {
  const message = logsRequest([[3, 1], [2], [1, 2, 5]]);
  const all = flat(message);
  assert.equal(countRecords(message, RECORD_PATHS.logs), all.length);
  for (let from = 0; from < all.length; from++) {
    for (let to = from + 1; to <= all.length; to++) {
      const slice = sliceRecords(message, RECORD_PATHS.logs, { from, to });
      assert.deepEqual(flat(slice), all.slice(from, to), `${from} to ${to}`);
      assert.equal(countRecords(slice, RECORD_PATHS.logs), to - from);
    }
  }
  const [resource, ...more] = ExportLogsServiceRequest.decode(
    sliceRecords(message, RECORD_PATHS.logs, { from: 4, to: 5 }),
  ).resourceLogs;
  assert.equal(more.length, 0);
  assert.equal(resource?.schemaUrl, "resource 1");
});

test("a value that becomes longer than 127 bytes, or shorter, has its length right", () => {
  const message = logsRequest([[100]]);
  for (const to of [1, 10, 20, 99]) {
    assert.equal(flat(sliceRecords(message, RECORD_PATHS.logs, { from: 0, to })).length, to);
  }
});

test("a metric that has no points counts as a record, and is in one slice", () => {
  const gauge = (name: string, points: number): Metric =>
    Metric.fromPartial({
      name,
      unit: "By",
      data: {
        $case: "gauge",
        value: { dataPoints: Array.from({ length: points }, (_, at) => ({ timeUnixNano: BigInt(at + 1) })) },
      },
    });
  const metrics = [gauge("used", 2), Metric.fromPartial({ name: "described" }), gauge("free", 3)];
  const request = ExportMetricsServiceRequest.fromPartial({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  const message = ExportMetricsServiceRequest.encode(request).finish();
  assert.equal(countRecords(message, RECORD_PATHS.metrics), 6);
  const namesOf = (from: number, to: number) =>
    ExportMetricsServiceRequest.decode(sliceRecords(message, RECORD_PATHS.metrics, { from, to }))
      .resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .map(({ name, unit, data }) => [name, unit, data?.$case === "gauge" ? data.value.dataPoints.length : 0]);
  assert.deepEqual(namesOf(0, 3), [
    ["used", "By", 2],
    ["described", "", 0],
  ]);
  assert.deepEqual(namesOf(1, 2), [["used", "By", 1]]);
  assert.deepEqual(namesOf(3, 6), [["free", "By", 3]]);
  assert.deepEqual(namesOf(2, 3), [["described", "", 0]]);
});

test("a message without records is one, and stays as it is", () => {
  const message = new Uint8Array(0);
  assert.equal(countRecords(message, RECORD_PATHS.traces), 1);
  assert.deepEqual(sliceRecords(message, RECORD_PATHS.traces, { from: 0, to: 1 }), message);
});
