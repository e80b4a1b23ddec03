import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  ExportLogsServiceRequest,
  ExportLogsServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";

let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest();
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

const text = (value: string): AnyValue => ({ value: { $case: "stringValue", value } });
const attribute = (name: string, value: AnyValue): KeyValue => ({ key: name, value, keyStrindex: 0 });
const inLists = (levels: number): AnyValue =>
  levels === 0 ? text("end") : { value: { $case: "arrayValue", value: { values: [inLists(levels - 1)] } } };
const inMaps = (levels: number): AnyValue =>
  levels === 0
    ? text("end")
    : { value: { $case: "kvlistValue", value: { values: [attribute("k", inMaps(levels - 1))] } } };

interface OversizeRecord {
  readonly body?: AnyValue;
  readonly attributes?: KeyValue[];
}

const oversize: readonly [name: string, record: OversizeRecord, message: RegExp][] = [
  [
    "10 000 attributes",
    { attributes: Array.from({ length: 10_000 }, (_, at) => attribute(`key.${at}`, text("v"))) },
    /a log record has 10000 attributes, want at most 1024/,
  ],
  ["a body of 1 MB", { body: text("x".repeat(1_000_000)) }, /a log record has 1\d+ bytes, want at most 524288/],
  ["a value of 300 KB", { body: text("x".repeat(300_000)) }, /a value has 300000 bytes, want at most 262144/],
  ["a body 100 lists deep", { body: inLists(100) }, /nested deeper than 32/],
  ["an attribute 100 maps deep", { attributes: [attribute("deep", inMaps(100))] }, /nested deeper than 32/],
  ["a body 1000 lists deep", { body: inLists(1000) }, /nested deeper than 32/],
];

for (const [name, record, message] of oversize) {
  for (const form of ["protobuf", "JSON"] as const) {
    test(`${name} in ${form}: that record is refused, its neighbours are stored`, async () => {
      const good = (body: string) => ({ body: text(body) });
      const logRecords = [good("before"), record, good("behind")];
      const request = ExportLogsServiceRequest.fromPartial({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      const seq = await ingest.lastSeq();
      const response = await fetch(`${ingest.http}/v1/logs`, {
        method: "POST",
        headers: { "content-type": form === "JSON" ? "application/json" : "application/x-protobuf", "x-api-key": key },
        body: form === "JSON" ? jsonOf(logRecords) : Uint8Array.from(ExportLogsServiceRequest.encode(request).finish()),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.equal(response.status, 200, bytes.toString());
      const said = form === "JSON" ? partialOfJson(bytes) : ExportLogsServiceResponse.decode(bytes).partialSuccess;
      assert.equal(Number(said?.rejectedLogRecords), 1);
      assert.match(said?.errorMessage ?? "", message);
      const [stored] = await ingest.stored("logs", seq);
      assert.equal(stored?.records, 2);
    });
  }
}

function partialOfJson(bytes: Buffer) {
  const form = z.object({
    partialSuccess: z.object({ rejectedLogRecords: z.string(), errorMessage: z.string() }),
  });
  return form.parse(JSON.parse(bytes.toString())).partialSuccess;
}

/** The request in OTLP's JSON. */
function jsonOf(records: readonly OversizeRecord[]): string {
  const logRecords = records.map(({ body, attributes = [] }) => ({
    ...(body === undefined ? {} : { body: jsonValue(body) }),
    attributes: attributes.map(jsonAttribute),
  }));
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
}

function jsonAttribute({ key: name, value }: KeyValue): object {
  return { key: name, value: value === undefined ? {} : jsonValue(value) };
}

function jsonValue({ value }: AnyValue): object {
  switch (value?.$case) {
    case "arrayValue":
      return { arrayValue: { values: value.value.values.map(jsonValue) } };
    case "kvlistValue":
      return { kvlistValue: { values: value.value.values.map(jsonAttribute) } };
    case "stringValue":
      return { stringValue: value.value };
    default:
      return {};
  }
}
