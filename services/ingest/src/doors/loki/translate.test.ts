import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { parseLabels } from "./stream-labels.ts";
import { pushRequest } from "./testing/push.ts";
import { type PushFormat, translatePush } from "./translate.ts";

const TIME = 1_700_000_000_123_456_789n;

function translate(body: Buffer, format: PushFormat = "protobuf") {
  const parts = [...translatePush(body, format, DEFAULT_LIMITS)];
  const records = parts.flatMap(({ body: request }) =>
    ExportLogsServiceRequest.decode(Buffer.from(request)).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({
          time: record.timeUnixNano,
          severity: record.severityNumber,
          text: record.severityText,
          body: valueText(record.body),
          traceId: record.traceId.toString("hex"),
          labels: attributesText(resource?.attributes ?? []),
          metadata: attributesText(record.attributes),
        })),
      ),
    ),
  );
  return { records, refused: parts.flatMap(({ refused }) => refused) };
}

const inJson = (value: object) => translate(Buffer.from(JSON.stringify(value)), "json");
const nothing = { severity: 0, text: "", traceId: "", metadata: {} };

test("labels, structured metadata, time and line come through as they are, in every form", () => {
  const labels = { job: "nginx", env: "prod" };
  const metadata = { trace_id: "0af7651916cd43dd8448eb211c80319c", pod: "p-1" };
  const want = {
    ...nothing,
    time: TIME,
    body: "GET /",
    traceId: metadata.trace_id,
    labels: { "service.name": "nginx", ...labels },
    metadata,
  };
  const protobuf = pushRequest([
    { labels: '{job="nginx", env="prod"}', entries: [{ timeUnixNano: TIME, line: "GET /", metadata }] },
  ]);
  assert.deepEqual(translate(protobuf).records, [want]);
  const json = { streams: [{ stream: labels, values: [[String(TIME), "GET /", metadata]] }] };
  assert.deepEqual(inJson(json).records, [want]);
  const ts = "2023-11-14T22:13:20.123456789Z";
  const legacy = { streams: [{ labels: '{job="nginx", env="prod"}', entries: [{ ts, line: "GET /" }] }] };
  assert.deepEqual(inJson(legacy).records, [{ ...want, traceId: "", metadata: {} }]);
});

test("the severity is found in the metadata, the labels or the line, which stays as it is", () => {
  const cases: [labels: string, line: string, metadata: Record<string, string>, severity: number, text: string][] = [
    ['{level="error"}', "x", {}, 17, "error"],
    ['{level="error"}', "x", { detected_level: "warn" }, 13, "warn"],
    ["{}", '{"level":"debug","msg":"x"}', {}, 5, "debug"],
    ["{}", "level=fatal msg=x", {}, 21, "fatal"],
    ["{}", "2026-01-01T00:00:00Z ERROR x", {}, 17, "ERROR"],
    ['{level="gold"}', "x", {}, 0, ""],
  ];
  for (const [labels, line, metadata, severity, text] of cases) {
    const [record] = translate(pushRequest([{ labels, entries: [{ timeUnixNano: TIME, line, metadata }] }])).records;
    assert.deepEqual([record?.severity, record?.text, record?.body], [severity, text, line], line);
    assert.equal(record?.time, TIME);
  }
});

test("a line in JSON tells its trace, its category and its component; the rest is left to who reads it", () => {
  const line = '{"category":"audit","component":"api","user_id":"u","trace_id":"a1b2c3d4e5f6","message":"m"}';
  const [record] = translate(pushRequest([{ labels: '{app="a"}', entries: [{ timeUnixNano: TIME, line }] }])).records;
  assert.deepEqual(record, {
    ...nothing,
    time: TIME,
    body: line,
    traceId: "00000000000000000000a1b2c3d4e5f6",
    labels: { "service.name": "a", app: "a" },
    metadata: { category: "audit", component: "api" },
  });
});

test("a stream whose labels cannot be read is refused with its entries, the others are taken", () => {
  const entries = [1n, 2n].map((more) => ({ timeUnixNano: TIME + more, line: `l${more}` }));
  const { records, refused } = translate(
    pushRequest([
      { labels: '{a="1"}', entries },
      { labels: '{a="1"', entries },
      { labels: '{a="2"}', entries },
    ]),
  );
  assert.deepEqual(
    records.map(({ labels, body }) => `${labels["a"]} ${body}`),
    ["1 l1", "1 l2", "2 l1", "2 l2"],
  );
  assert.deepEqual(
    refused.map(({ place }) => place),
    [3, 4],
  );
  assert.match(refused[0]?.reason ?? "", /cannot read the labels of a stream: got \{a="1"/);
});

test("labels as Go writes them", () => {
  const cases: [text: string, want: [string, string][]][] = [
    ["{}", []],
    [
      '{ a = "1" , b="2", }',
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ['{a="x\\"y\\\\z\\n\\t"}', [["a", 'x"y\\z\n\t']]],
    ['{a="\\u00e9\\U0001F600\\xc3\\xa9\\303\\251"}', [["a", "é😀éé"]]],
    ["{a=`raw \\n`}", [["a", "raw \\n"]]],
    ['{a="}, b=\\"c"}', [["a", '}, b="c']]],
    ['{__proto__="1"}', [["__proto__", "1"]]],
  ];
  for (const [text, want] of cases) assert.deepEqual(parseLabels(text), want, text);
  for (const text of ["", "a", '{a="1" b="2"}', "{a=1}", '{1a="x"}', '{a="x', '{a="x"}}', "{a}", '{="x"}']) {
    assert.throws(() => parseLabels(text), /cannot read the labels/, text);
  }
});

test("what is no push request is refused as a whole", () => {
  const bodies: [body: Buffer, format: PushFormat][] = [
    [Buffer.from([0x0a, 0xff, 0x01]), "protobuf"],
    [Buffer.from("text"), "protobuf"],
    [Buffer.from("{"), "json"],
    [Buffer.from('{"streams":7}'), "json"],
    [Buffer.from('{"streams":[{"stream":{},"values":[[1700000000000000000,"x"]]}]}'), "json"],
    [Buffer.from('{"streams":[{"stream":{},"values":[["soon","x"]]}]}'), "json"],
    [Buffer.from('{"streams":[{"stream":{},"values":[["1","x",{"a":{"b":"c"}}]]}]}'), "json"],
    [Buffer.from('{"streams":[{"labels":"{}","entries":[{"ts":"soon","line":"x"}]}]}'), "json"],
  ];
  for (const [body, format] of bodies) {
    assert.throws(() => translate(body, format), /cannot read/, body.toString());
  }
});
