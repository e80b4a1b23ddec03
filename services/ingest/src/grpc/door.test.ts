import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { after, before, test } from "node:test";
import { type ClientUnaryCall, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
  type ExportLogsServiceRequest,
  type ExportLogsServiceResponse,
  ExportLogsServiceRequest as LogsRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  type ExportMetricsServiceResponse,
  MetricsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  type ExportTraceServiceResponse,
  TraceServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { detailsOf } from "@sightline/rpc/status-details";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { logsRequest, metricsRequest, tracesRequest } from "../testing/requests.ts";

const maxRequestBytes = 5_000_000;
let ingest: IngestUnderTest;
let key: string;
const closers: (() => void)[] = [];

before(async () => {
  ingest = await startIngest({ limits: { maxRequestBytes } });
  key = (await ingest.createKey("acme")).key;
});

after(async () => {
  for (const close of closers) close();
  await ingest.stop();
});

function clientOf<C extends { close(): void }>(
  Client: new (address: string, creds: ReturnType<typeof credentials.createInsecure>, options: object) => C,
  options: object = {},
): C {
  const client = new Client(ingest.grpc, credentials.createInsecure(), options);
  closers.push(() => client.close());
  return client;
}

function withKey(value = key): Metadata {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${value}`);
  return metadata;
}

type Callback<T> = (error: ServiceError | null, response?: T) => void;

function call<T>(start: (done: Callback<T>) => ClientUnaryCall): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => (response === undefined ? reject(error) : resolve(response)));
  });
}

const gzip = { "grpc.default_compression_algorithm": 2 };

test("each signal: the empty answer, and the request on the bus with the tenant", async () => {
  const traces = clientOf(TraceServiceClient);
  const metrics = clientOf(MetricsServiceClient);
  const logs = clientOf(LogsServiceClient);
  const seq = await ingest.lastSeq();
  const answers = await Promise.all([
    call<ExportTraceServiceResponse>((done) => traces.export(tracesRequest(3), withKey(), done)),
    call<ExportMetricsServiceResponse>((done) => metrics.export(metricsRequest(5), withKey(), done)),
    call<ExportLogsServiceResponse>((done) => logs.export(logsRequest(2), withKey(), done)),
  ]);
  for (const { partialSuccess } of answers) assert.equal(partialSuccess, undefined);
  const cases = [
    ["traces", 3],
    ["metrics", 5],
    ["logs", 2],
  ] as const;
  for (const [signal, records] of cases) {
    const [message] = await ingest.stored(signal, seq);
    assert.equal(message?.tenant, "acme");
    assert.equal(message?.records, records);
  }
});

test("compressed requests are taken, empty ones succeed", async () => {
  const logs = clientOf(LogsServiceClient, gzip);
  const seq = await ingest.lastSeq();
  await call((done) => logs.export({ resourceLogs: [] }, withKey(), done));
  assert.equal(await ingest.lastSeq(), seq);
  await call((done) => logs.export(logsRequest(50), withKey(), done));
  const [message] = await ingest.stored("logs", seq);
  assert.equal(message?.records, 50);
});

test("a request that is longer than the bus' messages arrives in several", async () => {
  const logs = clientOf(LogsServiceClient);
  const seq = await ingest.lastSeq();
  await call((done) => logs.export(logsRequest(1000, "x".repeat(4000)), withKey(), done));
  const messages = await ingest.stored("logs", seq);
  const records = messages.flatMap(({ payload }) =>
    LogsRequest.decode(payload).resourceLogs.flatMap((resource) =>
      resource.scopeLogs.flatMap((scope) => scope.logRecords),
    ),
  );
  assert.equal(records.length, 1000);
  assert.equal(
    messages.reduce((sum, message) => sum + message.records, 0),
    1000,
  );
});

/** Sends bytes as they are in the place of a request. */
function exportRaw(client: LogsServiceClient, bytes: Buffer, metadata: Metadata): Promise<ExportLogsServiceResponse> {
  return call((done) =>
    client.makeUnaryRequest<ExportLogsServiceRequest, ExportLogsServiceResponse>(
      "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      () => bytes,
      () => ({ partialSuccess: undefined }),
      { resourceLogs: [] },
      metadata,
      done,
    ),
  );
}

/** What no gRPC client does: throws the code that it is answered with. */
async function twoMessages(): Promise<void> {
  const session = connect(`http://${ingest.grpc}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "content-type": "application/grpc",
    authorization: `Bearer ${key}`,
  });
  stream.end(Buffer.alloc(10));
  const [headers] = await once(stream, "response");
  session.close();
  throw new Error(headers["grpc-status"]);
}

const reasons = ["invalid_argument", "too_large", "unauthenticated", "permission_denied", "unimplemented"];

/** How many requests were refused, by reason. */
async function refusals(): Promise<Record<string, number>> {
  const line = (reason: string) => `sightline_ingest_refused_requests_total{protocol="otlp-grpc",reason="${reason}"}`;
  const counts = reasons.map(async (reason) => [reason, await ingest.metric(line(reason))] as const);
  return Object.fromEntries(await Promise.all(counts));
}

function refusedWith(code: status, message: RegExp, details?: (error: ServiceError) => void) {
  return (error: ServiceError) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.details, message);
    details?.(error);
    return true;
  };
}

test("what is refused says why: malformed, too large, over-inflated, wrong key, missing scope", async () => {
  const logs = clientOf(LogsServiceClient);
  const zipped = clientOf(LogsServiceClient, gzip);
  const seq = await ingest.lastSeq();
  const before = await refusals();
  await assert.rejects(
    exportRaw(logs, Buffer.from("no protobuf"), withKey()),
    refusedWith(status.INVALID_ARGUMENT, /cannot/, (error) => {
      assert.equal(detailsOf(error.metadata)?.violations.length, 1);
    }),
  );
  const noRetry = (error: ServiceError) => assert.equal(detailsOf(error.metadata)?.retryAfterMs, undefined);
  const large = Buffer.alloc(maxRequestBytes + 1);
  await assert.rejects(
    exportRaw(logs, large, withKey()),
    refusedWith(status.RESOURCE_EXHAUSTED, /larger than max/, noRetry),
  );
  const bomb = Buffer.alloc(200_000_000);
  await assert.rejects(exportRaw(zipped, bomb, withKey()), refusedWith(status.RESOURCE_EXHAUSTED, /./, noRetry));
  const send = (metadata: Metadata) => call((done) => logs.export(logsRequest(1), metadata, done));
  await assert.rejects(send(new Metadata()), refusedWith(status.UNAUTHENTICATED, /missing/));
  await assert.rejects(send(withKey("sl_ingest_x")), refusedWith(status.UNAUTHENTICATED, /malformed/));
  const query = await ingest.createKey("acme", ["query"]);
  await assert.rejects(send(withKey(query.key)), refusedWith(status.PERMISSION_DENIED, /scope ingest/));
  await assert.rejects(twoMessages(), { message: "12" });
  const counted = await refusals();
  assert.deepEqual(
    Object.entries(counted).map(([reason, count]) => [reason, count - (before[reason] ?? 0)]),
    Object.entries({ invalid_argument: 1, too_large: 2, unauthenticated: 2, permission_denied: 1, unimplemented: 1 }),
  );
  assert.equal(await ingest.lastSeq(), seq);
});

test("the key may also come as x-api-key", async () => {
  const logs = clientOf(LogsServiceClient);
  const metadata = new Metadata();
  metadata.set("x-api-key", key);
  await call((done) => logs.export(logsRequest(1), metadata, done));
});

test("senders at the same time share messages, and tenants never do", async () => {
  const other = await ingest.createKey("umbrella");
  const logs = clientOf(LogsServiceClient);
  const seq = await ingest.lastSeq();
  const senders = Array.from({ length: 200 }, (_, index) =>
    call((done) => logs.export(logsRequest(1), withKey(index % 4 === 0 ? other.key : key), done)),
  );
  await Promise.all(senders);
  const messages = await ingest.stored("logs", seq);
  assert.ok(messages.length < 50, `${messages.length} messages for 200 requests`);
  const byTenant = new Map<string, number>();
  for (const { tenant, payload, records } of messages) {
    const found = LogsRequest.decode(payload).resourceLogs.length;
    assert.equal(found, records);
    byTenant.set(tenant, (byTenant.get(tenant) ?? 0) + records);
  }
  assert.deepEqual([...byTenant].sort(), [
    ["acme", 150],
    ["umbrella", 50],
  ]);
});

test("a call whose deadline is over is told so", async () => {
  const logs = clientOf(LogsServiceClient);
  const sending = call<ExportLogsServiceResponse>((done) =>
    logs.export(logsRequest(1), withKey(), { deadline: Date.now() + 1 }, done),
  );
  await assert.rejects(sending, refusedWith(status.DEADLINE_EXCEEDED, /./));
});
