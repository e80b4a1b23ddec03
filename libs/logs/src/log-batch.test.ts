import assert from "node:assert/strict";
import { test } from "node:test";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { createLogBatch } from "./log-batch.ts";
import { newLogRecord } from "./log-record.ts";

function recordOf(service: string, body: string) {
  return { ...newLogRecord(), service, body };
}

/** Each resource's service with the bodies of its records. */
function contentOf(request: Uint8Array): [service: string | undefined, bodies: string[]][] {
  return ExportLogsServiceRequest.decode(request).resourceLogs.map(({ resource, scopeLogs }) => [
    attributesText(resource?.attributes ?? [])["service.name"],
    scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => valueText(body))),
  ]);
}

test("records of one resource lie together, in order", () => {
  const batch = createLogBatch({ maxRecordBytes: 1000 });
  for (const [service, body] of ["a1", "b1", "a2", "b2", "a3"]) {
    assert.equal(batch.add(recordOf(service ?? "", `${service}${body}`)), "");
  }
  assert.equal(batch.records(), 5);
  assert.ok(batch.bytes() > 0);
  const { body, order } = batch.take();
  assert.deepEqual(contentOf(body), [
    ["a", ["a1", "a2", "a3"]],
    ["b", ["b1", "b2"]],
  ]);
  assert.deepEqual(order, [0, 2, 4, 1, 3]);
  assert.equal(batch.records(), 0);
});

test("any number of resources goes through, none is lost", () => {
  const batch = createLogBatch({ maxRecordBytes: 1000 });
  const services = Array.from({ length: 500 }, (_, at) => `s${at % 250}`);
  for (const [at, service] of services.entries()) batch.add(recordOf(service, String(at)));
  const { body, order } = batch.take();
  const bodies = contentOf(body).flatMap(([service, texts]) => {
    for (const text of texts) assert.equal(services[Number(text)], service);
    return texts.map(Number);
  });
  assert.deepEqual(bodies, order);
  assert.deepEqual(
    bodies.toSorted((a, b) => a - b),
    services.map((_, at) => at),
  );
});

test("a record that is too long is refused and leaves nothing behind", () => {
  const batch = createLogBatch({ maxRecordBytes: 100 });
  batch.add(recordOf("a", "1"));
  assert.match(batch.add(recordOf("a", "x".repeat(200))), /a record has 2\d\d bytes, want at most 100/);
  batch.add(recordOf("a", "2"));
  assert.deepEqual(contentOf(batch.take().body), [["a", ["1", "2"]]]);
  assert.equal(batch.take().body.length, 0);
});
