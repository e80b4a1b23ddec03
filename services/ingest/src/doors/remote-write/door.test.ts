import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compressSync } from "snappy";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";
import { encodeV1, encodeV2, type TestSeries } from "./testing/encode.ts";

let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest({ limits: { maxRequestBytes: 100_000, record: { maxAttributes: 5 } } });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

const V1 = "application/x-protobuf";
const V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
const T = Date.now();

interface Sent {
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send({ body, headers = {} }: Sent) {
  const response = await fetch(`${ingest.http}/api/v1/write`, {
    method: "POST",
    body: Uint8Array.from(body),
    headers: { authorization: `Bearer ${key}`, "content-type": V2, "content-encoding": "snappy", ...headers },
    signal: AbortSignal.timeout(20_000),
  });
  const written = ["samples", "histograms", "exemplars"].map((name) =>
    response.headers.get(`x-prometheus-remote-write-${name}-written`),
  );
  return { status: response.status, written, text: await response.text() };
}

const sample = (labels: Record<string, string>): TestSeries => ({ labels, samples: [{ value: 1, timestamp: T }] });
const series: TestSeries[] = [
  sample({ __name__: "a_total" }),
  { ...sample({ __name__: "b_total" }), exemplars: [{ labels: { trace_id: "x" }, value: 1, timestamp: T }] },
  { labels: { __name__: "c" }, histograms: [{ timestamp: T }] },
];

test("senders of 2.0 are told how much of each was written; those of 1.0 are not", async () => {
  assert.deepEqual(await send({ body: compressSync(encodeV2(series)) }), {
    status: 204,
    written: ["2", "1", "1"],
    text: "",
  });
  const v1 = { body: compressSync(encodeV1(series)), headers: { "content-type": V1 } };
  assert.deepEqual(await send(v1), { status: 204, written: [null, null, null], text: "" });
});

test("nothing is written of what is refused as a whole, and 2.0 says so", async () => {
  const v2 = compressSync(encodeV2(series));
  const cases: { sent: Sent; status: number; isV2: boolean }[] = [
    { sent: { body: Buffer.from("not a snappy block") }, status: 400, isV2: true },
    { sent: { body: compressSync(Buffer.from("not protobuf")) }, status: 400, isV2: true },
    { sent: { body: compressSync(Buffer.alloc(200_000)) }, status: 413, isV2: true },
    { sent: { body: v2, headers: { authorization: "Bearer sl_ingest_unknown" } }, status: 401, isV2: true },
    { sent: { body: v2, headers: { "content-encoding": "gzip" } }, status: 415, isV2: true },
    { sent: { body: v2, headers: { "content-type": "application/json" } }, status: 415, isV2: false },
    {
      sent: { body: v2, headers: { "content-type": `${V1};proto=io.prometheus.write.v9.Request` } },
      status: 415,
      isV2: false,
    },
    {
      sent: { body: Buffer.from("?"), headers: { "content-type": `${V1};proto=prometheus.WriteRequest` } },
      status: 400,
      isV2: false,
    },
  ];
  const seq = await ingest.lastSeq();
  for (const { sent, status, isV2 } of cases) {
    const reply = await send(sent);
    assert.deepEqual([reply.status, reply.written], [status, isV2 ? ["0", "0", "0"] : [null, null, null]], reply.text);
    assert.match(reply.text, /^.+\n$/);
  }
  assert.equal(await ingest.lastSeq(), seq);
});

test("of a request that is taken in part it is said how much, whoever refused the rest", async () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`label_${i}`, "x"]));
  const beyondLimits = { ...series[1], labels: { __name__: "d_total", ...many } };
  const nameless: TestSeries = { labels: { job: "x" }, histograms: [{ timestamp: T }] };
  const reply = await send({ body: compressSync(encodeV2([...series, beyondLimits, nameless])) });
  assert.deepEqual([reply.status, reply.written], [400, ["2", "1", "1"]]);
  assert.match(
    reply.text,
    /^cannot take 1 sample, 1 histogram, 1 exemplar; the first: \{job="x"\}: got no metric name/,
  );
  const judged = await send({ body: compressSync(encodeV2([beyondLimits])) });
  assert.deepEqual([judged.status, judged.written], [400, ["0", "0", "0"]]);
  assert.match(
    judged.text,
    /^cannot take 1 sample, 1 exemplar; the first: a data point has 9 attributes, want at most 5/,
  );
});

test("a body that says nothing of itself is Snappy and 1.0", async () => {
  const response = await fetch(`${ingest.http}/api/v1/write`, {
    method: "POST",
    body: Uint8Array.from(compressSync(encodeV1([sample({ __name__: "up" })]))),
    headers: { authorization: `Bearer ${key}`, "content-type": "" },
    signal: AbortSignal.timeout(20_000),
  });
  assert.equal(response.status, 204);
});

test("metadata without samples are put on the bus", async () => {
  const seq = await ingest.lastSeq();
  const metadata = [{ type: 1, metricFamilyName: "http_requests_total", help: "Requests." }];
  const reply = await send({ body: compressSync(encodeV1([], metadata)), headers: { "content-type": V1 } });
  assert.equal(reply.status, 204);
  const [message] = await ingest.stored("metrics", seq);
  assert.ok(Buffer.from(message?.payload ?? []).includes("http_requests_total"));
});

test("OTLP metrics are taken where Prometheus takes them", async () => {
  const response = await fetch(`${ingest.http}/api/v1/otlp/v1/metrics`, {
    method: "POST",
    body: JSON.stringify({ resourceMetrics: [] }),
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(20_000),
  });
  assert.equal(response.status, 200);
});
