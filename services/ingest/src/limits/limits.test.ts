import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { deleteTenantLimits, putTenantLimits, type TenantLimits } from "@sightline/postgres/tenant-limits";
import {
  ExportLogsServiceRequest,
  LogsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceRequest,
  ExportMetricsServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { detailsOf } from "@sightline/rpc/status-details";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { logsRequest, metricsRequest } from "../testing/requests.ts";

let ingest: IngestUnderTest;
let client: Client;

before(async () => {
  ingest = await startIngest({ limits: { maxAgeMs: 90 * 86_400_000 } });
  client = new Client(ingest.grpc, credentials.createInsecure());
});

after(async () => {
  client.close();
  await ingest.stop();
});

const now = () => BigInt(Date.now()) * 1_000_000n;
const logs = (records: number, body?: string, timeUnixNano = now()) => {
  const request = logsRequest(records, body);
  for (const { scopeLogs } of request.resourceLogs) {
    for (const { logRecords } of scopeLogs) for (const record of logRecords) record.timeUnixNano = timeUnixNano;
  }
  return ExportLogsServiceRequest.encode(request).finish();
};
/** Gauges that many, each with a name of its own. */
const metrics = (from: number, to: number) => {
  const [resource] = metricsRequest(1).resourceMetrics;
  const [scope] = resource?.scopeMetrics ?? [];
  const data = (at: number) => ({
    name: `load.${at}`,
    data: {
      $case: "gauge" as const,
      value: { dataPoints: [{ timeUnixNano: now(), value: { $case: "asDouble" as const, value: at } }] },
    },
  });
  const made = Array.from({ length: to - from }, (_, at) => data(from + at));
  const request = { resourceMetrics: [{ ...resource, scopeMetrics: [{ ...scope, metrics: made }] }] };
  return ExportMetricsServiceRequest.encode(ExportMetricsServiceRequest.fromPartial(request)).finish();
};

async function post(key: string, path: string, body: Uint8Array, type = "application/x-protobuf"): Promise<Response> {
  const headers = { "content-type": type, "x-api-key": key };
  return fetch(`${ingest.http}${path}`, { method: "POST", body: Uint8Array.from(body), headers });
}

function exportOverGrpc(key: string, body: Uint8Array): Promise<ServiceError | null> {
  const { path } = LogsServiceService.export;
  const asIs = (bytes: Buffer) => bytes;
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${key}`);
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(body), metadata, resolve);
  });
}

/** A tenant with these limits of its own, and a key of it; ingest knows of them. */
async function tenantWith(tenant: string, limits: TenantLimits): Promise<string> {
  const { key } = await ingest.createKey(tenant);
  await putTenantLimits(ingest.sql, tenant, limits);
  const [name, value] = Object.entries(limits)[0] ?? [];
  const shown = { bytesPerSecond: "bytes_per_second", recordsPerSecond: "records_per_second", maxSeries: "series" }[
    name ?? ""
  ];
  if (shown === undefined) return key;
  // One empty request makes the tenant known to the metrics.
  await eventually(async () => {
    await post(key, "/v1/logs", new Uint8Array());
    return (await ingest.metric(`sightline_ingest_tenant_limit{tenant="${tenant}",limit="${shown}"}`)) === value;
  });
  return key;
}

test("more bytes than a tenant may send are 429 and RESOURCE_EXHAUSTED, with the time when they fit", async () => {
  const body = logs(1, "x".repeat(1000));
  const key = await tenantWith("bytes", { bytesPerSecond: 100, burstBytes: body.length * 2 });
  assert.equal((await post(key, "/v1/logs", body)).status, 200);
  assert.equal((await post(key, "/v1/logs", body)).status, 200);
  const refused = await post(key, "/v1/logs", body);
  assert.equal(refused.status, 429);
  const after = Number(refused.headers.get("retry-after"));
  assert.ok(after >= 9 && after <= 11, `retry after ${after} s`);
  assert.match(await refused.text(), /tenant bytes sends too much, want at most 100 bytes a second and \d+ at once/);
  const error = await exportOverGrpc(key, body);
  assert.equal(error?.code, status.RESOURCE_EXHAUSTED);
  const waitMs = (error && detailsOf(error.metadata)?.retryAfterMs) ?? 0;
  assert.ok(waitMs > 0, "a hint, or senders drop the request");
  const { key: other } = await ingest.createKey("not-bytes");
  assert.equal((await post(other, "/v1/logs", body)).status, 200);
  assert.ok(
    (await ingest.metric('sightline_ingest_tenant_limited_total{tenant="bytes",limit="bytes_per_second"}')) >= 2,
  );
});

test("more records than a tenant may send are 429, events like all others", async () => {
  const key = await tenantWith("records", { recordsPerSecond: 1, burstRecords: 5 });
  assert.equal((await post(key, "/v1/logs", logs(4))).status, 200);
  const refused = await post(key, "/v1/logs", logs(4));
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /want at most 1 records a second and 5 at once/);
  const event = { event_type: "deploy", source: "ci", title: "done", severity: "info" };
  const events = Buffer.from(JSON.stringify([event, event, event]));
  assert.equal((await post(key, "/v1/events", events, "application/json")).status, 429);
});

test("a request longer than its tenant may send is 413, and RESOURCE_EXHAUSTED without a hint", async () => {
  const key = await tenantWith("bodies", { maxSeries: 1, maxRequestBytes: 2000 });
  assert.equal((await post(key, "/v1/logs", logs(1, "x".repeat(1500)))).status, 200);
  assert.equal((await post(key, "/v1/logs", logs(1, "x".repeat(2500)))).status, 413);
  const error = await exportOverGrpc(key, logs(1, "x".repeat(2500)));
  assert.equal(error?.code, status.RESOURCE_EXHAUSTED);
  assert.equal(error && detailsOf(error.metadata)?.retryAfterMs, undefined);
});

test("points of new series beyond the limit are refused, those of known ones beside them stored", async () => {
  const key = await tenantWith("series", { maxSeries: 10 });
  const answer = async (body: Uint8Array) => {
    const response = await post(key, "/v1/metrics", body);
    assert.equal(response.status, 200);
    return ExportMetricsServiceResponse.decode(Buffer.from(await response.arrayBuffer())).partialSuccess;
  };
  assert.equal(await answer(metrics(0, 10)), undefined);
  const partial = await answer(metrics(5, 25));
  assert.equal(partial?.rejectedDataPoints, 15n);
  assert.equal(
    partial?.errorMessage,
    "15 data points are of new series: got 10 that are active, want at most 10; the first is of the metric load.10",
  );
  assert.equal(await ingest.metric('sightline_ingest_tenant_series{tenant="series"}'), 10);
  assert.equal(await ingest.metric('sightline_ingest_tenant_limited_total{tenant="series",limit="series"}'), 15);
  const line = 'sightline_ingest_refused_records_total{signal="metrics",protocol="otlp-http",reason="series"}';
  assert.equal(await ingest.metric(line), 15);
  await putTenantLimits(ingest.sql, "series", { maxSeries: 20 });
  await eventually(async () => (await answer(metrics(5, 20))) === undefined);
});

test("a tenant's own limits of records are applied, and changed back", async () => {
  const key = await tenantWith("short", { maxSeries: 1, maxValueBytes: 200 });
  const rejected = async () => {
    const response = await post(key, "/v1/logs", logs(1, "x".repeat(300)));
    return z
      .object({ partialSuccess: z.object({ errorMessage: z.string() }).optional() })
      .parse(await ingestJson(response));
  };
  const ingestJson = async (response: Response) => {
    assert.equal(response.status, 200);
    const bytes = Buffer.from(await response.arrayBuffer());
    return bytes.length === 0 ? {} : { partialSuccess: { errorMessage: bytes.toString("latin1") } };
  };
  assert.match((await rejected()).partialSuccess?.errorMessage ?? "", /a value has 300 bytes, want at most 200/);
  await deleteTenantLimits(ingest.sql, "short");
  await eventually(async () => (await rejected()).partialSuccess === undefined);
});

test("times far from now are refused while their neighbours are taken", async () => {
  const { key } = await ingest.createKey("times");
  const day = 86_400_000_000_000n;
  for (const [time, want] of [
    [now() - 10n * day, undefined],
    [now() + day, /log record's time is .*, want .* to /],
    [now() - 100n * day, /log record's time is .*, want .* to /],
    [0n, undefined],
  ] as const) {
    const response = await post(key, "/v1/logs", logs(1, "x", time));
    assert.equal(response.status, 200);
    const text = await response.text();
    if (want === undefined) assert.equal(text, "");
    else assert.match(text, want);
  }
  const event = { event_type: "deploy", source: "ci", title: "done", severity: "info" };
  const events = [event, { ...event, timestamp: "2001-01-01T00:00:00Z" }];
  const response = await post(key, "/v1/events", Buffer.from(JSON.stringify(events)), "application/json");
  assert.match(
    await response.text(),
    /"rejected":\[\{"index":1,"reason":"time_unix_nano: got 2001-01-01T00:00:00Z, want/,
  );
});

test("limits known outlive Postgres", async () => {
  const key = await tenantWith("outage", { recordsPerSecond: 1, burstRecords: 2 });
  await ingest.sql.execute("CHECKPOINT", []);
  await ingest.postgres.kill();
  assert.equal((await post(key, "/v1/logs", logs(2))).status, 200);
  assert.equal((await post(key, "/v1/logs", logs(2))).status, 429);
  await ingest.postgres.restart();
});
