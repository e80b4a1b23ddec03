import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { type LinesFormat, translateLines } from "./translate.ts";

const options = { limits: DEFAULT_LIMITS, service: "", host: "" };

function translate(body: string | Buffer, format: LinesFormat, more: Partial<typeof options> = {}) {
  const parts = [...translateLines(Buffer.from(body), format, { ...options, ...more })];
  const records = parts.flatMap(({ body: request }) =>
    ExportLogsServiceRequest.decode(Buffer.from(request)).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({
          service: attributesText(resource?.attributes ?? [])["service.name"] ?? "",
          severity: record.severityNumber,
          body: valueText(record.body),
        })),
      ),
    ),
  );
  return {
    parts: parts.length,
    records,
    places: parts.flatMap(({ places }) => places),
    refused: parts.flatMap(({ refused }) => refused),
  };
}

const bodiesOf = (body: string | Buffer, format: LinesFormat): string[] =>
  translate(body, format).records.map((record) => record.body);

test("each line is a record; empty ones are none", () => {
  const cases: [body: string | Buffer, format: LinesFormat, want: string[]][] = [
    ['{"msg":"a"}\n{"msg":"b"}\n', "lines", ["a", "b"]],
    ['{"msg":"a"}\r\n\r\n  \n{"msg":"b"}', "lines", ["a", "b"]],
    ['\ufeff{"msg":"a"}\n', "lines", ["a"]],
    ['{"msg":"a"}\nplain\nlevel=info msg=c\n', "text", ["a", "plain", "c"]],
    [Buffer.from([0x61, 0xff, 0x62]), "text", ["a\ufffdb"]],
    ['[{"msg":"a"},{"msg":"b"}]', "document", ["a", "b"]],
    ['{\n  "msg": "a"\n}', "document", ["a"]],
    ['{"n":1}', "lines", ['{"n":1}']],
    ['{"n":1}', "document", ['{"n":1}']],
    ["", "lines", []],
    ["", "document", []],
    ["\n\n", "text", []],
  ];
  for (const [body, format, want] of cases) assert.deepEqual(bodiesOf(body, format), want, `${format}: ${body}`);
});

test("what is wrong with one line is told by its number, and its neighbours are taken", () => {
  const body = '{"msg":"a"}\n\nnot json\n[]\n{"msg":"b"}\n{"cut":"o';
  const { records, places, refused } = translate(body, "lines");
  assert.deepEqual(
    records.map((record) => record.body),
    ["a", "b"],
  );
  assert.deepEqual(places, [1, 5]);
  assert.deepEqual(
    refused.map(({ place }) => place),
    [3, 4, 6],
  );
  assert.match(refused[1]?.reason ?? "", /got an array, want an object/);
  const document = translate('[{"msg":"a"},7,null,{"msg":"b"}]', "document");
  assert.deepEqual(
    [document.places, document.refused.map(({ place }) => place)],
    [
      [0, 3],
      [1, 2],
    ],
  );
});

test("the writer that is given is that of records without one", () => {
  const { records } = translate('{"msg":"a"}\n{"msg":"b","service":"other"}\ntext', "text", { service: "shop" });
  assert.deepEqual(
    records.map(({ service, body }) => [service, body]),
    [
      ["shop", "a"],
      ["shop", "text"],
      ["other", "b"],
    ],
  );
});

test("short lines come in parts as well, so that others have their turn", () => {
  const lines = Buffer.from("{}\n".repeat(13_000));
  const parts = [...translateLines(lines, "lines", options)];
  assert.ok(parts.length > 3, `${parts.length} parts`);
  assert.equal(parts.flatMap(({ places }) => places).length, 13_000);
});

test("a document that cannot be read is refused as a whole", () => {
  for (const body of ["{", '[{"msg":"a"}', Buffer.from([0x22, 0xff, 0x22])]) {
    assert.throws(() => translate(body, "document"), /cannot parse the JSON/);
  }
});

test("a line that is too long is refused without being read", () => {
  const { records, refused } = translate(`${"x".repeat(600_000)}\nshort`, "text");
  assert.deepEqual([records.length, refused[0]?.place], [1, 1]);
  assert.match(refused[0]?.reason ?? "", /600000 bytes, want at most 524288/);
});

test("a large body comes in parts, none of it lost", () => {
  const lines = Array.from({ length: 20_000 }, (_, at) =>
    JSON.stringify({ msg: `m${at}`, service: `s${at % 7}`, pad: "x".repeat(200) }),
  );
  const { parts, records, places } = translate(lines.join("\n"), "lines");
  assert.ok(parts > 3, String(parts));
  assert.equal(records.length, lines.length);
  for (const [at, { body }] of records.entries()) assert.equal(body, `m${(places[at] ?? 0) - 1}`);
});
