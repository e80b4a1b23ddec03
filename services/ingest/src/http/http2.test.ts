// The port of OTLP/HTTP speaks HTTP/2 as well, to clients that know it beforehand.
import assert from "node:assert/strict";
import { type ClientHttp2Session, connect } from "node:http2";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Status } from "@sightline/proto/google/rpc/status";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { logsRequest } from "../testing/requests.ts";

const maxRequestBytes = 200_000;
let ingest: IngestUnderTest;
let session: ClientHttp2Session;
let key: string;

before(async () => {
  ingest = await startIngest({ limits: { maxRequestBytes } });
  key = (await ingest.createKey("acme")).key;
  session = connect(ingest.http);
});

after(async () => {
  session.close();
  await ingest.stop();
});

const logs = (records: number) => ExportLogsServiceRequest.encode(logsRequest(records)).finish();

function open(headers: Readonly<Record<string, string>> = {}) {
  return session.request({
    ...{ ":method": "POST", ":path": "/v1/logs", "content-type": "application/x-protobuf", "x-api-key": key },
    ...headers,
  });
}

async function post(body: Uint8Array, headers: Readonly<Record<string, string>> = {}) {
  const stream = open(headers);
  const response = new Promise<Record<string, unknown>>((resolve) => stream.once("response", resolve));
  stream.end(body);
  const [answer, got] = await Promise.all([response, buffer(stream)]);
  return { status: answer[":status"], type: answer["content-type"], body: got };
}

test("what is sent over HTTP/2 is taken and refused like over HTTP/1.1", async () => {
  const seq = await ingest.lastSeq();
  const taken = await post(gzipSync(logs(3)), { "content-encoding": "gzip" });
  assert.deepEqual([taken.status, taken.type, taken.body.length], [200, "application/x-protobuf", 0]);
  const [message] = await ingest.stored("logs", seq);
  assert.equal(message?.records, 3);
  const cases: [name: string, body: Uint8Array, headers: Readonly<Record<string, string>>, want: number][] = [
    ["no key", logs(1), { "x-api-key": "" }, 401],
    ["malformed", Buffer.from("no protobuf"), {}, 400],
    [
      "too large, said beforehand",
      Buffer.alloc(maxRequestBytes + 1),
      { "content-length": `${maxRequestBytes + 1}` },
      413,
    ],
    ["too large, found out", Buffer.alloc(maxRequestBytes * 3), {}, 413],
    ["no such path", logs(1), { ":path": "/v1/nothing" }, 404],
  ];
  for (const [name, body, headers, want] of cases) {
    const { status, body: got } = await post(body, headers);
    assert.equal(status, want, name);
    assert.notEqual(Status.decode(got).message, "", name);
  }
});

test("many requests at a time on one connection are answered each for itself", async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => post(index % 2 === 0 ? logs(1) : Buffer.from("x"))),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map((_, index) => (index % 2 === 0 ? 200 : 400)),
  );
});

test("a stream that is broken off in the middle leaves nothing behind, and the connection goes on", async () => {
  const held = () => ingest.metric("sightline_ingest_held_bytes");
  const stream = open({ "content-length": "100000" });
  stream.on("error", () => undefined);
  stream.write(Buffer.alloc(1000));
  await eventually(async () => (await held()) === 100_000);
  stream.destroy();
  await eventually(async () => (await held()) === 0);
  assert.equal((await post(logs(1))).status, 200);
});
