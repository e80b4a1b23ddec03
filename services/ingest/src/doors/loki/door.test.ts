import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { freePort } from "@sightline/testkit/free-port";
import { compressSync } from "snappy";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";
import { logsRequest } from "../../testing/requests.ts";
import { logMarksIn } from "../otlp/testing/kinds.ts";
import { pushRequest } from "./testing/push.ts";

let ingest: IngestUnderTest;
let loki: string;
let key: string;

before(async () => {
  const port = await freePort();
  ingest = await startIngest({ config: { loki: { port } } });
  loki = `http://127.0.0.1:${port}`;
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

const now = () => BigInt(Date.now()) * 1_000_000n;

test("a push as Promtail sends it: 204 without a body, at the port and with the password that it is given", async () => {
  const seq = await ingest.lastSeq();
  const entries = [{ timeUnixNano: now(), line: "mark-1" }];
  const response = await fetch(`${loki}/loki/api/v1/push`, {
    method: "POST",
    body: Uint8Array.from(compressSync(pushRequest([{ labels: '{job="nginx"}', entries }]))),
    headers: {
      "content-type": "application/x-protobuf",
      authorization: `Basic ${Buffer.from(`promtail:${key}`).toString("base64")}`,
      "x-scope-orgid": "umbrella",
    },
  });
  assert.equal(response.status, 204);
  assert.equal((await response.bytes()).length, 0);
  const [message] = await ingest.stored("logs", seq);
  assert.deepEqual([message?.tenant, logMarksIn(message?.payload ?? Buffer.alloc(0))], ["acme", ["mark-1"]]);
});

test("what is too old is refused with its entry, and the others are taken", async () => {
  const seq = await ingest.lastSeq();
  const values = [
    [String(now()), "mark-2"],
    ["1000000000000000000", "mark-3"],
    [String(now()), "mark-4"],
  ];
  const response = await fetch(`${loki}/loki/api/v1/push`, {
    method: "POST",
    body: JSON.stringify({ streams: [{ stream: { app: "a" }, values }] }),
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
  });
  assert.equal(response.status, 400);
  assert.match(
    await response.text(),
    /cannot take 1 of 3 entries, the first of them entry 2: a log record's time is 2001/,
  );
  const [message] = await ingest.stored("logs", seq);
  assert.deepEqual(logMarksIn(message?.payload ?? Buffer.alloc(0)), ["mark-2", "mark-4"]);
});

test("logs in OTLP are taken where Loki takes them", async () => {
  const seq = await ingest.lastSeq();
  const response = await fetch(`${ingest.http}/otlp/v1/logs`, {
    method: "POST",
    body: Uint8Array.from(ExportLogsServiceRequest.encode(logsRequest(2)).finish()),
    headers: { "content-type": "application/x-protobuf", authorization: `Bearer ${key}` },
  });
  assert.equal(response.status, 200);
  const [message] = await ingest.stored("logs", seq);
  assert.equal(message?.records, 2);
});

test("who asks whether it is ready is told, without a key", async () => {
  const response = await fetch(`${loki}/ready`);
  assert.deepEqual([response.status, await response.text()], [200, "ready\n"]);
});
