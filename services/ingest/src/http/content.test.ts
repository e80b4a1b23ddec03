import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypes } from "./content.ts";

test("a Content-Type names a format, whatever its case and the parameters that mean nothing", () => {
  const content = mediaTypes({ "application/json": "json", "application/x-protobuf": "protobuf" });
  const cases: [contentType: string | undefined, want: string | undefined][] = [
    ["application/json", "json"],
    ["Application/JSON ; charset=UTF-8", "json"],
    ["application/x-protobuf", "protobuf"],
    ["application/jsonl", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [contentType, want] of cases) assert.equal(content.formatOf(contentType), want, contentType);
  assert.equal(content.wanted, "application/json or application/x-protobuf");
});

test("a parameter that the table has must fit", () => {
  const content = mediaTypes({
    "application/x-protobuf": "1.0",
    "application/x-protobuf;proto=prometheus.WriteRequest": "1.0",
    "application/x-protobuf;proto=io.prometheus.write.v2.Request": "2.0",
  });
  const cases: [contentType: string, want: string | undefined][] = [
    ["application/x-protobuf", "1.0"],
    ["application/x-protobuf; charset=utf-8", "1.0"],
    ["application/x-protobuf;proto=prometheus.WriteRequest", "1.0"],
    ['application/x-protobuf; Proto="io.prometheus.write.v2.Request"', "2.0"],
    ["application/x-protobuf;proto=io.prometheus.write.v3.Request", undefined],
  ];
  for (const [contentType, want] of cases) assert.equal(content.formatOf(contentType), want, contentType);
});

test("a body that does not say what it is has the format for that, if there is one", () => {
  const content = mediaTypes({ "application/json": "json" }, "json");
  assert.equal(content.formatOf(undefined), "json");
  assert.equal(content.formatOf("text/plain"), undefined);
});
