import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Status } from "@sightline/proto/google/rpc/status";
import {
  ExportLogsServiceRequest,
  ExportLogsServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceRequest,
  ExportMetricsServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { decodeStatus } from "@sightline/rpc/status-details";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { logsRequest, metricsRequest, tracesRequest } from "../testing/requests.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const maxRequestBytes = 200_000;
let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest({ limits: { maxRequestBytes, maxAtOnceBytes: maxRequestBytes / 2 } });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

type Headers = Readonly<Record<string, string>>;

function post(path: string, body: Uint8Array<ArrayBuffer> | string, headers: Headers = {}): Promise<Response> {
  const all = { "content-type": PROTOBUF, authorization: `Bearer ${key}`, ...headers };
  return fetch(ingest.http + path, { method: "POST", body, headers: all, signal: AbortSignal.timeout(20_000) });
}

function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}

const logs = (records: number, body?: string) =>
  plain(ExportLogsServiceRequest.encode(logsRequest(records, body)).finish());
const traces = (spans: number) => plain(ExportTraceServiceRequest.encode(tracesRequest(spans)).finish());
const metrics = (points: number) => plain(ExportMetricsServiceRequest.encode(metricsRequest(points)).finish());

test("each signal in protobuf: 200, the empty answer of its type, and the very bytes on the bus with the tenant", async () => {
  const cases = [
    { signal: "traces", body: traces(3), records: 3, decode: ExportTraceServiceResponse.decode },
    { signal: "metrics", body: metrics(5), records: 5, decode: ExportMetricsServiceResponse.decode },
    { signal: "logs", body: logs(2), records: 2, decode: ExportLogsServiceResponse.decode },
  ] as const;
  for (const { signal, body, records, decode } of cases) {
    const seq = await ingest.lastSeq();
    const response = await post(`/v1/${signal}`, body);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), PROTOBUF);
    assert.deepEqual(decode(await response.bytes()), { partialSuccess: undefined });
    const [message, ...more] = await ingest.stored(signal, seq);
    assert.equal(more.length, 0);
    assert.deepEqual(plain(message?.payload ?? Buffer.alloc(0)), body);
    assert.equal(message?.tenant, "acme");
    assert.equal(message?.records, records);
  }
});

test("each signal in JSON: 200, the answer in JSON, and the records on the bus as protobuf", async () => {
  const id = { traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "eee19b7ec3c1b174" };
  const span = { ...id, name: "I'm a server span", startTimeUnixNano: "1544712660000000000", kind: 2 };
  const point = { asDouble: 5, timeUnixNano: "1544712660300000000" };
  const gauge = { name: "my.gauge", gauge: { dataPoints: [point, point] } };
  const record = { timeUnixNano: "1544712660300000000", severityNumber: 9, body: { stringValue: "hello" } };
  const cases = [
    { signal: "traces", body: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }, records: 1 },
    { signal: "metrics", body: { resourceMetrics: [{ scopeMetrics: [{ metrics: [gauge] }] }] }, records: 2 },
    { signal: "logs", body: { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }, records: 1 },
  ] as const;
  for (const { signal, body, records } of cases) {
    const seq = await ingest.lastSeq();
    const response = await post(`/v1/${signal}`, JSON.stringify(body), { "content-type": JSON_TYPE });
    assert.equal(await response.text(), "{}");
    assert.equal(response.headers.get("content-type"), JSON_TYPE);
    const [message] = await ingest.stored(signal, seq);
    assert.equal(message?.records, records);
    if (signal !== "traces") continue;
    const [resource] = ExportTraceServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceSpans;
    assert.equal(resource?.scopeSpans[0]?.spans[0]?.traceId.toString("hex"), id.traceId.toLowerCase());
  }
  const bad = { resourceSpans: [{ scopeSpans: [{ spans: [span, { name: "no ids" }] }] }] };
  const partly = await post("/v1/traces", JSON.stringify(bad), { "content-type": JSON_TYPE });
  const { partialSuccess } = z
    .strictObject({ partialSuccess: z.strictObject({ rejectedSpans: z.literal("1"), errorMessage: z.string() }) })
    .parse(await partly.json());
  assert.match(partialSuccess.errorMessage, /trace_id/);
});

interface RefusalCase {
  readonly name: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Headers;
  readonly status: number;
  readonly grpc: number;
  readonly message: RegExp;
}

const refusals: readonly RefusalCase[] = [
  { name: "malformed", body: Uint8Array.of(0x0a, 0xff, 0x01), status: 400, grpc: 3, message: /got|cannot/ },
  { name: "text", body: "not a protobuf message", status: 400, grpc: 3, message: /cannot/ },
  {
    name: "truncated gzip",
    body: plain(gzipSync(logs(50)).subarray(0, 40)),
    headers: { "content-encoding": "gzip" },
    status: 400,
    grpc: 3,
    message: /cannot inflate the body as gzip/,
  },
  {
    name: "no gzip at all",
    body: logs(1),
    headers: { "content-encoding": "gzip" },
    status: 400,
    grpc: 3,
    message: /cannot inflate/,
  },
  { name: "too large", body: logs(1, "x".repeat(maxRequestBytes)), status: 413, grpc: 8, message: /at most 200000/ },
  {
    name: "over-inflated",
    body: plain(gzipSync(Buffer.alloc(50_000_000))),
    headers: { "content-encoding": "gzip" },
    status: 413,
    grpc: 8,
    message: /inflates to more than 200000 bytes/,
  },
  {
    name: "unknown compression",
    body: logs(1),
    headers: { "content-encoding": "br" },
    status: 415,
    grpc: 3,
    message: /got Content-Encoding br, want one of gzip/,
  },
  {
    name: "compressed twice",
    body: plain(gzipSync(gzipSync(logs(1)))),
    headers: { "content-encoding": "gzip, gzip" },
    status: 415,
    grpc: 3,
    message: /got Content-Encoding gzip, gzip/,
  },
  { name: "unknown path", path: "/v1/nothing", status: 404, grpc: 5, message: /want one of \/v1\/traces/ },
  { name: "path below", path: "/v1/logs/", status: 404, grpc: 5, message: /no such path/ },
  { name: "wrong method", method: "PUT", body: logs(1), status: 405, grpc: 12, message: /want POST/ },
  { name: "no key", headers: { authorization: "" }, status: 401, grpc: 16, message: /missing/ },
  { name: "malformed key", headers: { authorization: "Bearer nonsense" }, status: 401, grpc: 16, message: /malformed/ },
];

for (const refusal of refusals) {
  test(`refused: ${refusal.name}: ${refusal.status} with google.rpc.Status, and nothing on the bus`, async () => {
    const seq = await ingest.lastSeq();
    const response = await fetch(ingest.http + (refusal.path ?? "/v1/logs"), {
      method: refusal.method ?? "POST",
      body: refusal.body ?? logs(1),
      headers: { "content-type": PROTOBUF, authorization: `Bearer ${key}`, ...refusal.headers },
    });
    assert.equal(response.status, refusal.status);
    assert.equal(response.headers.get("content-type"), PROTOBUF);
    assert.equal(response.headers.get("retry-after"), null);
    const status = Status.decode(await response.bytes());
    assert.equal(status.code, refusal.grpc);
    assert.match(status.message, refusal.message);
    assert.equal(await ingest.lastSeq(), seq);
  });
}

test("a refused request in JSON is answered in JSON", async () => {
  const cases: [body: string, type: string, status: number, message: RegExp][] = [
    ["{", JSON_TYPE, 400, /JSON/],
    ['{"resourceSpans": 1}', "application/json; charset=utf-8", 400, /resourceSpans/],
    ["hello", "text/plain", 415, /got Content-Type text\/plain, want application\/x-protobuf/],
  ];
  for (const [body, type, want, message] of cases) {
    const response = await post("/v1/traces", body, { "content-type": type });
    assert.equal(response.status, want, body);
    assert.equal(response.headers.get("content-type"), JSON_TYPE);
    const status = z.object({ code: z.number(), message: z.string() }).parse(await response.json());
    assert.equal(status.code, 3);
    assert.match(status.message, message);
  }
});

test("a document in JSON, which is read in one go, has a limit of its own", async () => {
  const body = `{"ignored":"${"x".repeat(maxRequestBytes / 2)}"}`;
  const response = await post("/v1/logs", body, { "content-type": JSON_TYPE });
  assert.equal(response.status, 413);
  assert.match(await response.text(), /at most 100000/);
  assert.equal((await post("/v1/logs", logs(1, "x".repeat(maxRequestBytes / 2)))).status, 200);
});

test("the details of a bad request say what was wrong", async () => {
  const response = await post("/v1/logs", Uint8Array.of(0x0a, 0xff, 0x01));
  const { violations, retryAfterMs } = decodeStatus(await response.bytes());
  assert.equal(violations.length, 1);
  assert.equal(retryAfterMs, undefined);
});

test("a body without a length is cut off at the limit, and the sender still reads why", async () => {
  const headers = { "content-type": PROTOBUF, "x-api-key": key };
  const answered = Promise.withResolvers<IncomingMessage>();
  const sending = request(`${ingest.http}/v1/logs`, { method: "POST", headers }, answered.resolve);
  sending.on("error", answered.reject);
  for (let sent = 0; sent < 4_000_000; sent += 64 * 1024) sending.write(Buffer.alloc(64 * 1024));
  sending.end();
  const response = await answered.promise;
  assert.equal(response.statusCode, 413);
  response.resume();
});

test("many bombs at once stay within a few bodies of memory", async () => {
  const bomb = plain(gzipSync(Buffer.alloc(100_000_000)));
  const before = process.memoryUsage.rss();
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => post("/v1/logs", bomb, { "content-encoding": "gzip" })),
  );
  for (const response of responses) assert.equal(response.status, 413);
  assert.ok(process.memoryUsage.rss() - before < 150_000_000);
});

test("answers are compressed only when long and wanted", async () => {
  const body = JSON.stringify(Array.from({ length: 200 }, () => ({ title: "x" })));
  const headers = { "content-type": JSON_TYPE, "accept-encoding": "gzip" };
  const short = await post("/v1/events", "[]", headers);
  assert.equal(short.headers.get("content-encoding"), null);
  const long = await post("/v1/events", body, headers);
  assert.equal(long.headers.get("content-encoding"), "gzip");
  assert.equal(z.object({ rejected: z.array(z.unknown()) }).parse(await long.json()).rejected.length, 200);
  const unwanted = await post("/v1/events", body, { ...headers, "accept-encoding": "gzip;q=0" });
  assert.equal(unwanted.headers.get("content-encoding"), null);
});

test("what is received, accepted and refused is counted", async () => {
  const accepted = 'sightline_ingest_accepted_records_total{signal="logs",protocol="otlp-http"}';
  const refused = 'sightline_ingest_refused_requests_total{protocol="otlp-http",reason="invalid_argument"}';
  const before = [await ingest.metric(accepted), await ingest.metric(refused)];
  await post("/v1/logs", logs(7));
  await post("/v1/logs", "garbage");
  assert.deepEqual(
    [await ingest.metric(accepted), await ingest.metric(refused)],
    [(before[0] ?? 0) + 7, (before[1] ?? 0) + 1],
  );
  assert.equal(await ingest.metric("sightline_ingest_held_bytes"), 0);
});
