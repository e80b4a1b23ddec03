import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { Metric } from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { type MessagePath, RECORD_PATHS } from "./message-path.ts";
import { splitMessage } from "./split-message.ts";

/** The events of an EventBatch. */
const EVENTS_PATH: MessagePath = [1];

function logsRequest(resources: number, scopes: number, records: number): Uint8Array {
  const request = ExportLogsServiceRequest.fromPartial({
    resourceLogs: Array.from({ length: resources }, (_, resource) => ({
      resource: {
        attributes: [{ key: "service.name", value: { value: { $case: "stringValue", value: `s${resource}` } } }],
      },
      schemaUrl: "https://example.org/resource",
      scopeLogs: Array.from({ length: scopes }, (_, scope) => ({
        scope: { name: `scope ${scope}` },
        schemaUrl: "https://example.org/scope",
        logRecords: Array.from({ length: records }, (_, record) => ({
          severityText: `${resource}/${scope}/${record}`,
          timeUnixNano: 5n,
        })),
      })),
    })),
  });
  return ExportLogsServiceRequest.encode(request).finish();
}

/** Every record with the names of what surrounds it. */
function flat(bytes: Uint8Array): string[] {
  return ExportLogsServiceRequest.decode(bytes).resourceLogs.flatMap((resource) =>
    resource.scopeLogs.flatMap((scope) =>
      scope.logRecords.map((record) =>
        JSON.stringify([resource.resource, resource.schemaUrl, scope.scope, scope.schemaUrl, record.severityText]),
      ),
    ),
  );
}

test("a message that fits stays as it is", () => {
  const message = logsRequest(2, 2, 2);
  assert.deepEqual(splitMessage(message, RECORD_PATHS.logs, message.length), [message]);
});

test("parts are short enough and hold the same records under the same surroundings, in order", () => {
  const cases: [resources: number, scopes: number, records: number, maxBytes: number][] = [
    [20, 1, 2, 400],
    [1, 20, 2, 300],
    [1, 1, 200, 300],
    [3, 3, 30, 250],
  ];
  for (const [resources, scopes, records, maxBytes] of cases) {
    const message = logsRequest(resources, scopes, records);
    const parts = splitMessage(message, RECORD_PATHS.logs, maxBytes);
    assert.ok(parts.length > 1);
    assert.ok(parts.every((part) => part.length <= maxBytes));
    assert.deepEqual(parts.flatMap(flat), flat(message));
  }
});

test("a metric that is too long itself is split between its points, and stays the same metric", () => {
  const request = ExportMetricsServiceRequest.fromPartial({
    resourceMetrics: [
      {
        schemaUrl: "r",
        scopeMetrics: [
          {
            metrics: [
              Metric.fromPartial({
                name: "small",
                data: { $case: "gauge", value: { dataPoints: [{ timeUnixNano: 1n }] } },
              }),
              Metric.fromPartial({
                name: "requests",
                unit: "1",
                data: {
                  $case: "sum",
                  value: {
                    isMonotonic: true,
                    aggregationTemporality: 2,
                    dataPoints: Array.from({ length: 100 }, (_, index) => ({ timeUnixNano: BigInt(index + 1) })),
                  },
                },
              }),
            ],
          },
        ],
      },
    ],
  });
  const parts = splitMessage(ExportMetricsServiceRequest.encode(request).finish(), RECORD_PATHS.metrics, 120);
  assert.ok(parts.length > 5);
  assert.ok(parts.every((part) => part.length <= 120));
  const times: bigint[] = [];
  for (const part of parts) {
    for (const resource of ExportMetricsServiceRequest.decode(part).resourceMetrics) {
      assert.equal(resource.schemaUrl, "r");
      for (const { name, unit, data } of resource.scopeMetrics.flatMap(({ metrics }) => metrics)) {
        if (name === "small") continue;
        assert.ok(data?.$case === "sum");
        assert.deepEqual(
          [name, unit, data.value.isMonotonic, data.value.aggregationTemporality],
          ["requests", "1", true, 2],
        );
        times.push(...data.value.dataPoints.map(({ timeUnixNano }) => timeUnixNano));
      }
    }
  }
  assert.deepEqual(
    times,
    Array.from({ length: 100 }, (_, index) => BigInt(index + 1)),
  );
});

test("batches of events are split between events", () => {
  const events = Array.from({ length: 50 }, (_, index) => SystemEvent.fromPartial({ title: `title ${index}` }));
  const parts = splitMessage(EventBatch.encode({ events }).finish(), EVENTS_PATH, 100);
  assert.ok(parts.every((part) => part.length <= 100));
  assert.deepEqual(
    parts.flatMap((part) => EventBatch.decode(part).events),
    events,
  );
});

test("a record that is too long by itself is refused", () => {
  const events = [SystemEvent.fromPartial({ title: "x".repeat(500) })];
  assert.throws(
    () => splitMessage(EventBatch.encode({ events }).finish(), EVENTS_PATH, 100),
    (thrown) => thrown instanceof AppError && thrown.code === "too_large",
  );
});
