import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../api/types.ts";
import { bucketMsOf, hasAttributes, logRows } from "./log-rows.ts";

function record(time: string, body: string, changes: Partial<LogRecord> = {}): LogRecord {
  return {
    time,
    body,
    severityText: "INFO",
    severityNumber: 9,
    serviceName: "api",
    traceId: "",
    spanId: "",
    attributes: {},
    resourceAttributes: {},
    scopeName: "",
    eventName: "",
    ...changes,
  };
}

test("a record that came live and was loaded is one, two alike are two", () => {
  const rows = logRows([record("3", "c"), record("2", "b")], [record("2", "b"), record("1", "a"), record("1", "a")]);
  assert.deepEqual(
    rows.map((row) => row.record.body),
    ["c", "b", "a", "a"],
  );
  assert.equal(new Set(rows.map((row) => row.key)).size, 4);
});

test("attributes of the record count before those of the resource", () => {
  const one = record("1", "x", { attributes: { env: "dev" }, resourceAttributes: { env: "prod", host: "a" } });
  assert.equal(hasAttributes(one, ["env=dev", "host=a"]), true);
  assert.equal(hasAttributes(one, ["env=prod"]), false);
  assert.equal(hasAttributes(one, ["missing=x"]), false);
  assert.equal(hasAttributes(one, []), true);
});

test("the width of a bucket is the distance of two", () => {
  const bucket = (start: string) => ({ start, count: 0, errorCount: 0 });
  assert.equal(bucketMsOf([bucket("2026-11-21T00:00:00Z"), bucket("2026-11-21T00:01:00Z")], 5), 60_000);
  assert.equal(bucketMsOf([bucket("2026-11-21T00:00:00Z")], 5), 5);
});
