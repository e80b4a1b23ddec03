import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { finishAtOnce } from "../steps.ts";
import { type BatchFields, encodeBatch, i64, type SpanFields, tag } from "./testing/encode-batch.ts";
import { translateBatch } from "./translate.ts";

const maxBytes = 10_000_000;

function translate(batch: Partial<BatchFields>) {
  const body = encodeBatch({ process: { serviceName: "shop" }, spans: [], ...batch });
  const { otlp, spans } = finishAtOnce(translateBatch(body, maxBytes));
  const [resource, ...more] = ExportTraceServiceRequest.decode(otlp).resourceSpans;
  assert.ok(resource);
  assert.equal(more.length, 0);
  assert.equal(
    resource.scopeSpans.reduce((sum, scope) => sum + scope.spans.length, 0),
    spans,
  );
  return resource;
}

function translateSpan(span: Partial<SpanFields>) {
  const [scope] = translate({ spans: [{ operationName: "GET /", ...span }] }).scopeSpans;
  const [translated] = scope?.spans ?? [];
  assert.ok(translated);
  return translated;
}

type Value = NonNullable<AnyValue["value"]>["value"];

function valuesOf(attributes: readonly KeyValue[]): Record<string, Value | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value?.value?.value]));
}

test("ids, name, times and flags", () => {
  const span = translateSpan({
    traceIdHigh: i64(0x0102030405060708n),
    traceIdLow: i64(-2n),
    spanId: i64(0x1122334455667788n),
    parentSpanId: i64(0x99n),
    startTime: i64(1_700_000_000_123_456n),
    duration: i64(789n),
    flags: 3,
  });
  assert.equal(span.traceId.toString("hex"), "0102030405060708fffffffffffffffe");
  assert.equal(span.spanId.toString("hex"), "1122334455667788");
  assert.equal(span.parentSpanId.toString("hex"), "0000000000000099");
  assert.equal(span.name, "GET /");
  assert.equal(span.startTimeUnixNano, 1_700_000_000_123_456_000n);
  assert.equal(span.endTimeUnixNano, 1_700_000_000_124_245_000n);
  assert.equal(span.flags, 1, "of the flags only sampled is W3C's");
  assert.equal(translateSpan({}).parentSpanId.length, 0, "a root has no parent");
});

test("tags become attributes of their types", () => {
  const { attributes } = translateSpan({
    tags: [
      tag("text", "grüße"),
      { key: "double", vType: "DOUBLE", vDouble: 0.1 },
      { key: "yes", vType: "BOOL", vBool: true },
      { key: "no", vType: "BOOL", vBool: false },
      { key: "long", vType: "LONG", vLong: i64(-(2n ** 63n)) },
      { key: "bytes", vType: "BINARY", vBinary: Buffer.from([0, 255]) },
    ],
  });
  assert.deepEqual(
    attributes.map(({ value }) => value?.value?.$case),
    ["stringValue", "doubleValue", "boolValue", "boolValue", "intValue", "bytesValue"],
  );
  const values = { text: "grüße", double: 0.1, yes: true, no: false, long: -(2n ** 63n), bytes: Buffer.from([0, 255]) };
  assert.deepEqual(valuesOf(attributes), values);
});

test("span.kind is the kind, and one that is not known stays a tag", () => {
  const kinds = ["internal", "server", "client", "producer", "consumer"];
  for (const [index, kind] of kinds.entries()) {
    const span = translateSpan({ tags: [tag("span.kind", kind)] });
    assert.equal(span.kind, index + 1);
    assert.deepEqual(span.attributes, []);
  }
  const odd = translateSpan({ tags: [tag("span.kind", "odd")] });
  assert.equal(odd.kind, 0);
  assert.deepEqual(valuesOf(odd.attributes), { "span.kind": "odd" });
});

test("error and otel.status_code are the status", () => {
  const error = (vBool: boolean) => ({ key: "error", vType: "BOOL", vBool }) as const;
  const said = tag("otel.status_description", "no rows");
  const ok = tag("otel.status_code", "OK");
  type Case = [tags: SpanFields["tags"], status: { code: number; message: string } | undefined, left: string[]];
  const cases: Case[] = [
    [[], undefined, []],
    [[error(true)], { code: 2, message: "" }, []],
    [[tag("error", "true")], { code: 2, message: "" }, []],
    [[error(false)], undefined, ["error"]],
    [[tag("error", "no such table")], undefined, ["error"]],
    [[error(true), ok, said], { code: 2, message: "no rows" }, []],
    [[ok], { code: 1, message: "" }, []],
    [[tag("otel.status_code", "error"), said], { code: 2, message: "no rows" }, []],
    [[said], undefined, ["otel.status_description"]],
  ];
  for (const [tags = [], want, left] of cases) {
    const { status, attributes } = translateSpan({ tags });
    assert.deepEqual(status, want, JSON.stringify(tags));
    assert.deepEqual(
      attributes.map(({ key }) => key),
      left,
    );
  }
});

test("logs become events, named by their field event", () => {
  const timestamp = i64(1_700_000_000_000_001n);
  const { events } = translateSpan({
    logs: [
      { timestamp, fields: [tag("event", "retry"), { key: "attempt", vType: "LONG", vLong: i64(2n) }] },
      { timestamp, fields: [tag("message", "nothing")] },
      { timestamp, fields: [] },
    ],
  });
  assert.deepEqual(
    events.map(({ name, timeUnixNano, attributes }) => [name, timeUnixNano, valuesOf(attributes)]),
    [
      ["retry", 1_700_000_000_000_001_000n, { attempt: 2n }],
      ["", 1_700_000_000_000_001_000n, { message: "nothing" }],
      ["", 1_700_000_000_000_001_000n, {}],
    ],
  );
});

test("references become the parent and links", () => {
  const reference = (refType: "CHILD_OF" | "FOLLOWS_FROM", spanId: bigint, traceIdLow = 1n) => ({
    ...{ refType, spanId: i64(spanId), traceIdLow: i64(traceIdLow), traceIdHigh: i64(0n) },
  });
  type Case = [name: string, span: Partial<SpanFields>, parent: string, links: [spanId: string, type: string][]];
  const cases: Case[] = [
    ["its own parent", { parentSpanId: i64(7n), references: [reference("CHILD_OF", 7n)] }, "07", []],
    [
      "a parent by reference",
      { references: [reference("FOLLOWS_FROM", 8n), reference("CHILD_OF", 9n)] },
      "09",
      [["08", "follows_from"]],
    ],
    ["what it follows", { references: [reference("FOLLOWS_FROM", 8n)] }, "08", [["08", "follows_from"]]],
    ["another trace", { references: [reference("CHILD_OF", 5n, 2n)] }, "", [["05", "child_of"]]],
    ["two parents", { references: [reference("CHILD_OF", 5n), reference("CHILD_OF", 6n)] }, "05", [["06", "child_of"]]],
  ];
  for (const [name, span, parent, links] of cases) {
    const translated = translateSpan(span);
    assert.equal(translated.parentSpanId.toString("hex"), parent === "" ? "" : parent.padStart(16, "0"), name);
    assert.deepEqual(
      translated.links.map(({ spanId, attributes }) => [
        spanId.toString("hex").slice(-2),
        valuesOf(attributes)["opentracing.ref_type"],
      ]),
      links,
      name,
    );
  }
});

test("the process is the resource", () => {
  const { resource } = translate({
    process: { serviceName: "shop", tags: [tag("hostname", "web-1"), tag("ip", "10.0.0.1")] },
  });
  assert.deepEqual(valuesOf(resource?.attributes ?? []), {
    "service.name": "shop",
    "host.name": "web-1",
    ip: "10.0.0.1",
  });
  const both = translate({
    process: { serviceName: "shop", tags: [tag("hostname", "web-1"), tag("host.name", "web-1.example")] },
  });
  assert.deepEqual(valuesOf(both.resource?.attributes ?? []), {
    "service.name": "shop",
    hostname: "web-1",
    "host.name": "web-1.example",
  });
});

test("spans of one scope after each other share it", () => {
  const of = (name: string, version: string) => [tag("otel.scope.name", name), tag("otel.scope.version", version)];
  const { scopeSpans } = translate({
    spans: [
      { operationName: "a", tags: of("http", "1") },
      { operationName: "b", tags: of("http", "1") },
      { operationName: "c" },
      { operationName: "d", tags: [tag("otel.library.name", "old"), tag("w3c.tracestate", "k=v")] },
    ],
  });
  assert.deepEqual(
    scopeSpans.map(({ scope, spans }) => [scope?.name, scope?.version, spans.map(({ name }) => name)]),
    [
      ["http", "1", ["a", "b"]],
      ["", "", ["c"]],
      ["old", "", ["d"]],
    ],
  );
  assert.equal(scopeSpans[2]?.spans[0]?.traceState, "k=v");
  assert.deepEqual(scopeSpans[2]?.spans[0]?.attributes, []);
});

test("what is broken is refused as the sender's fault, whatever is wrong with it", () => {
  const whole = encodeBatch({
    process: { serviceName: "shop", tags: [tag("hostname", "web-1")] },
    spans: [
      {
        operationName: "GET /",
        tags: [tag("span.kind", "server"), { key: "long", vType: "LONG", vLong: i64(5n) }],
        logs: [{ timestamp: i64(1n), fields: [tag("event", "retry")] }],
      },
    ],
  });
  const attempt = (bytes: Buffer): boolean => {
    try {
      finishAtOnce(translateBatch(bytes, maxBytes));
      return true;
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "invalid_argument", String(error));
      return false;
    }
  };
  for (let length = 0; length < whole.length; length++) assert.equal(attempt(whole.subarray(0, length)), false);
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [1, 4, 0x40, 0x80]) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ bit;
      attempt(broken);
    }
  }
});

test("hostile sizes are refused at once", () => {
  const cases: [name: string, bytes: readonly number[], want: RegExp][] = [
    ["a list longer than the message", [15, 0, 2, 12, 0x7f, 0xff, 0xff, 0xff], /list of 2147483647 elements/],
    ["a negative list", [15, 0, 2, 12, 0xff, 0xff, 0xff, 0xff], /list of -1 elements/],
    ["a string longer than the message", [12, 0, 1, 11, 0, 1, 0x7f, 0xff, 0xff, 0xff], /want 2147483647 bytes/],
    ["a negative string", [12, 0, 1, 11, 0, 1, 0xff, 0xff, 0xff, 0xff], /want -1 bytes/],
    ["too many levels", Array.from({ length: 300 }, (_, index) => [12, 0, 9][index % 3] ?? 0), /more than 16 levels/],
    ["a type that there is not", [1, 0, 9, 0], /type 1/],
    ["no process", [0], /without its process/],
  ];
  for (const [name, bytes, want] of cases)
    assert.throws(() => finishAtOnce(translateBatch(Buffer.from(bytes), maxBytes)), want, name);
});

test("what becomes larger than is allowed is refused", () => {
  const spans = Array.from({ length: 1000 }, () => ({ operationName: "GET /" }));
  const body = encodeBatch({ process: { serviceName: "shop" }, spans });
  assert.throws(
    () => finishAtOnce(translateBatch(body, 20_000)),
    (error: unknown) => error instanceof AppError && error.code === "too_large",
  );
});

test("fields of later versions are passed over", () => {
  // Batch{9: {1: "x", 2: map<i32,i64>{1: 2}, 3: set<bool>{true}}, 1: Process{1: "shop"}}
  const later = [12, 0, 9, 11, 0, 1, 0, 0, 0, 1, 0x78, 13, 0, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2];
  const set = [14, 0, 3, 2, 0, 0, 0, 1, 1, 0];
  const process = [12, 0, 1, 11, 0, 1, 0, 0, 0, 4, ...Buffer.from("shop"), 0, 0];
  const { otlp, spans } = finishAtOnce(translateBatch(Buffer.from([...later, ...set, ...process]), maxBytes));
  assert.equal(spans, 0);
  const [resource] = ExportTraceServiceRequest.decode(otlp).resourceSpans;
  assert.deepEqual(valuesOf(resource?.resource?.attributes ?? []), { "service.name": "shop" });
});

test("a long batch is translated step by step, with nothing lost between two", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) => ({
    operationName: `GET /${index}`,
    tags: [tag("http.method", "GET")],
  }));
  const body = encodeBatch({ process: { serviceName: "shop" }, spans });
  const steps = translateBatch(body, maxBytes);
  let breaks = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) breaks += 1;
  // Once to find where the spans end, once to translate them.
  assert.ok(breaks >= (2 * body.length) / 200_000, `${breaks} breaks in ${body.length} bytes`);
  const [resource] = ExportTraceServiceRequest.decode(step.value.otlp).resourceSpans;
  assert.deepEqual(
    resource?.scopeSpans.flatMap((scope) => scope.spans.map(({ name }) => name)),
    spans.map(({ operationName }) => operationName),
  );
});
