import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { createApiKey } from "@sightline/auth/api-key";
import { revokeApiKey } from "@sightline/postgres/api-keys";
import {
  ExportLogsServiceRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { detailsOf } from "@sightline/rpc/status-details";
import { eventually } from "@sightline/testkit/eventually";
import { type IngestUnderTest, startIngest } from "./testing/ingest.ts";
import { logsRequest } from "./testing/requests.ts";

function post(ingest: IngestUnderTest, key: string): Promise<Response> {
  const body = Uint8Array.from(ExportLogsServiceRequest.encode(logsRequest(1)).finish());
  const headers = { "content-type": "application/x-protobuf", "x-api-key": key };
  return fetch(`${ingest.http}/v1/logs`, { method: "POST", body, headers });
}

test("without the bus: 503 and UNAVAILABLE with a hint, soon; with it again everything acknowledged is there", async () => {
  const ingest = await startIngest();
  const { key } = await ingest.createKey("acme");
  const client = new LogsServiceClient(ingest.grpc, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${key}`);
  try {
    assert.equal((await post(ingest, key)).status, 200);
    await ingest.nats.kill();
    await eventually(async () => (await ingest.service.deps.readiness.report()).ready === false);
    const started = performance.now();
    const response = await post(ingest, key);
    assert.ok(performance.now() - started < 4000);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "1");
    const refused = await new Promise<ServiceError | null>((resolve) => {
      client.export(logsRequest(1), metadata, resolve);
    });
    assert.equal(refused?.code, status.UNAVAILABLE);
    assert.equal(refused && detailsOf(refused.metadata)?.retryAfterMs, 1000);
    const report = await ingest.service.deps.readiness.report();
    assert.deepEqual(report.notReady, { bus: "the bus is not reachable" });

    await ingest.nats.restart();
    await eventually(async () => (await post(ingest, key)).status === 200);
    const stored = await eventually(() => ingest.stored("logs"));
    assert.equal(stored.length, 2);
  } finally {
    client.close();
    await ingest.stop();
  }
});

test("what the bus could not take does not count against the tenant's rate", async () => {
  const ingest = await startIngest({ limits: { tenant: { recordsPerSecond: 1, burstRecords: 1 } } });
  try {
    const { key } = await ingest.createKey("acme");
    await ingest.nats.kill();
    await eventually(async () => (await ingest.service.deps.readiness.report()).ready === false);
    for (let attempt = 0; attempt < 5; attempt++) assert.equal((await post(ingest, key)).status, 503);
    await ingest.nats.restart();
    await eventually(async () => (await ingest.service.deps.readiness.report()).ready);
    assert.equal((await post(ingest, key)).status, 200);
  } finally {
    await ingest.stop();
  }
});

test("keys: revoked ones stop, known ones outlive Postgres and Redis, unknown ones are then 503", async () => {
  let now = Date.now();
  const ingest = await startIngest({ clock: () => now });
  try {
    const first = await ingest.createKey("acme");
    const second = await ingest.createKey("acme");
    for (const { key } of [first, second]) assert.equal((await post(ingest, key)).status, 200);
    assert.equal((await post(ingest, createApiKey("ingest").key)).status, 401);
    await revokeApiKey(ingest.sql, "acme", first.keyId);
    now += 15_000;
    const revoked = await post(ingest, first.key);
    assert.equal(revoked.status, 401);
    assert.equal(revoked.headers.get("www-authenticate"), 'Bearer, Basic realm="sightline"');
    assert.equal((await post(ingest, second.key)).status, 200);

    // The test server does not sync its log by itself.
    await ingest.sql.execute("CHECKPOINT", []);
    await ingest.postgres.kill();
    await ingest.redis.kill();
    now += 60_000;
    assert.equal((await post(ingest, second.key)).status, 200);
    const unknown = await post(ingest, createApiKey("ingest").key);
    assert.equal(unknown.status, 503);
    assert.equal(unknown.headers.get("retry-after"), "1");
    now += 240_000;
    assert.equal((await post(ingest, second.key)).status, 503);
    await ingest.postgres.restart();
    await eventually(
      async () => {
        now += 1000;
        return (await post(ingest, second.key)).status === 200;
      },
      { timeoutMs: 30_000 },
    );
  } finally {
    await ingest.stop();
  }
});

test("more than fits into memory at once is refused with a hint, the rest is stored", async () => {
  const ingest = await startIngest({
    limits: { maxHeldBytes: 1_048_576, maxHeldShare: 1 },
    commit: { maxDelayMs: 300 },
  });
  try {
    const { key } = await ingest.createKey("acme");
    const body = Uint8Array.from(ExportLogsServiceRequest.encode(logsRequest(3, "x".repeat(100_000))).finish());
    const headers = { "content-type": "application/x-protobuf", "x-api-key": key };
    const send = () => fetch(`${ingest.http}/v1/logs`, { method: "POST", body, headers });
    const statuses = (await Promise.all(Array.from({ length: 10 }, send))).map((response) => response.status);
    const taken = statuses.filter((code) => code === 200).length;
    assert.ok(taken >= 3 && taken < 10, statuses.join());
    assert.equal(statuses.filter((code) => code === 503).length, 10 - taken);
    const messages = await ingest.stored("logs");
    assert.equal(
      messages.reduce((sum, { records }) => sum + records, 0),
      3 * taken,
    );
    assert.equal((await send()).status, 200);
  } finally {
    await ingest.stop();
  }
});

test("stopping answers what was begun", async () => {
  const ingest = await startIngest({ commit: { maxDelayMs: 500 } });
  const { key } = await ingest.createKey("acme");
  const begun = post(ingest, key);
  await eventually(async () => (await ingest.metric("sightline_ingest_held_bytes")) > 0);
  const [answer] = await Promise.all([begun, ingest.service.stop()]);
  assert.equal(answer.status, 200);
  await ingest.stop();
});
