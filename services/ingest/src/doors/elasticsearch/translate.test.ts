import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { readBulk } from "./translate.ts";

function bulk(lines: readonly (object | string)[], index = "") {
  const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  const { items, parts } = readBulk(Buffer.from(text), { limits: DEFAULT_LIMITS, index });
  const taken = [...parts];
  const records = taken.flatMap(({ body }) =>
    ExportLogsServiceRequest.decode(Buffer.from(body)).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({
          severity: record.severityNumber,
          body: valueText(record.body),
          resource: attributesText(resource?.attributes ?? []),
          attributes: attributesText(record.attributes),
        })),
      ),
    ),
  );
  return {
    items,
    records,
    places: taken.flatMap(({ places }) => places),
    refused: taken.flatMap(({ refused }) => refused.map(({ place, reason }) => `${place}: ${reason}`)),
  };
}

test("create and index store a document, with its index and id", () => {
  const { items, records } = bulk([
    { create: { _index: "logs-nginx.access-prod" } },
    { "@timestamp": "2026-01-01T00:00:00Z", message: "a", log: { level: "error" }, service: { name: "web" } },
    { index: { _index: "app", _id: 7 } },
    { message: "b" },
  ]);
  assert.deepEqual(items, [
    { action: "create", index: "logs-nginx.access-prod", id: "" },
    { action: "index", index: "app", id: "7" },
  ]);
  assert.deepEqual(records, [
    {
      severity: 17,
      body: "a",
      resource: {
        "service.name": "web",
        _index: "logs-nginx.access-prod",
        "data_stream.type": "logs",
        "data_stream.dataset": "nginx.access",
        "data_stream.namespace": "prod",
      },
      attributes: {},
    },
    { severity: 0, body: "b", resource: { _index: "app" }, attributes: { _id: "7" } },
  ]);
});

test("what an item cannot be is told by its place, and its neighbours are taken", () => {
  const { places, refused, items } = bulk([
    { create: { _index: "a" } },
    { message: "first" },
    { delete: { _index: "a", _id: "1" } },
    { update: { _index: "a", _id: "1" } },
    { doc: {} },
    { create: { _index: "a" } },
    "no json",
    { create: {} },
    { message: "no index" },
    { create: { _index: "a" } },
    { message: "last" },
    { index: { _index: "a" } },
  ]);
  assert.deepEqual([items.length, places], [7, [0, 5]]);
  assert.equal(refused.length, 5);
  for (const [at, want] of [
    /1: .*got delete, want create or index/,
    /2: .*got update/,
    /3: failed to parse/,
    /4: index is missing/,
    /6: the document is missing/,
  ].entries()) {
    assert.match(refused[at] ?? "", want);
  }
});

test("the path's index is that of items without one", () => {
  const { items } = bulk([{ create: {} }, { message: "a" }, { create: { _index: "own" } }, { message: "b" }], "given");
  assert.deepEqual(
    items.map(({ index }) => index),
    ["given", "own"],
  );
});

test("a line that should say what is to be done and does not refuses the request", () => {
  for (const line of ["{", "[]", "{}", '"create"', '{"create":1}', '{"drop":{}}', '{"create":{},"index":{}}']) {
    assert.throws(() => bulk([{ create: { _index: "a" } }, {}, line]), /Malformed action\/metadata line \[3\]/, line);
  }
});

test("a name of an index may be 255 bytes long, in the path and in an item", () => {
  const items = [{ create: { _index: "i".repeat(256) } }, { message: "a" }, { create: {} }, { message: "b" }];
  const body = Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(""));
  const [part] = readBulk(body, { limits: DEFAULT_LIMITS, index: "p".repeat(255) }).parts;
  assert.deepEqual(part?.refused, [{ place: 0, reason: "the name of the index is too long, want at most 255 bytes" }]);
  assert.deepEqual(part?.places, [1]);
  assert.throws(() => readBulk(body, { limits: DEFAULT_LIMITS, index: "p".repeat(256) }), /index is too long/);
});

test("more items than can be answered are too many", () => {
  const lines = Array.from({ length: 100_001 }, () => '{"delete":{}}');
  assert.throws(() => bulk(lines), /want at most 100000 items/);
});
