import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { RetentionServiceClient, RetentionState } from "@sightline/proto/sightline/retention/v1/retention_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { applyRetention } from "./apply-retention.ts";
import { defaultDays, retentionConfig } from "./config.ts";
import { createRetentionKeeper } from "./keep-applying.ts";
import type { KeptDays, Kind } from "./kinds.ts";
import { readAppliedRules } from "./read-rules.ts";
import { addRetentionService } from "./retention-service.ts";
import { limitSystemLogs } from "./system-logs.ts";

const internalToken = "the-internal-token";
const config = retentionConfig.parse({});
const defaults = defaultDays(config);
const opened = new AsyncDisposableStack();
let database: TestDatabase;
let pool: Pool;
let client: ReturnType<typeof connect>;
let keep: () => Promise<void>;

function connect(port: number) {
  return createClient(RetentionServiceClient, `127.0.0.1:${port}`, { internalToken });
}

before(async () => {
  database = opened.use(await startTestDatabase());
  const postgres = opened.use(await testDatabase());
  pool = createPool({ url: postgres.url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => pool.close());
  for (const tenant of ["short", "long"]) await pool.execute("INSERT INTO tenants (name) VALUES ($1)", [tenant]);
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const { clickhouse, reader } = database;
  addRetentionService(server, { sql: pool, clickhouse, reader, defaults, clock: Date.now, internalToken });
  opened.defer(() => server.close(1000));
  client = connect(await server.listen());
  opened.defer(() => client.close());
  keep = createRetentionKeeper({ sql: pool, clickhouse, config, log: quietLog });
});
after(() => opened.disposeAsync());

function daysAgo(days: number): string {
  return String(Date.now() / 1000 - days * 86_400);
}

async function keptOf(tenant: string) {
  const { kinds } = await client.call("getRetention", {}, { tenant });
  return new Map(kinds.map((kept) => [kept.kind, kept]));
}

async function set(tenant: string, changes: Partial<KeptDays>) {
  const list = Object.entries(changes).map(([kind, days]) => ({ kind, days }));
  return await client.call("setRetention", { changes: list }, { tenant });
}

async function settled(tenant: string, kind: Kind): Promise<void> {
  await eventually(async () => (await keptOf(tenant)).get(kind)?.state === RetentionState.APPLIED);
}

async function bodiesOf(tenant: string): Promise<string[]> {
  const sql = "SELECT Body AS body FROM otel_logs WHERE Tenant = {tenant:String} ORDER BY body";
  const rows = await database.clickhouse.query(sql, { tenant }, { schema: z.object({ body: z.string() }) });
  return rows.map(({ body }) => body);
}

test("after the start the defaults hold, and parts of one age are dropped whole", async () => {
  await keep();
  const rules = await readAppliedRules(database.clickhouse, ["any"]);
  assert.deepEqual(rules.get("otel_logs")?.days.get("any"), { days: 90, sampledDays: 90 });
  assert.deepEqual(rules.get("otel_traces")?.days.get("any"), { days: 7, sampledDays: 30 });
  assert.deepEqual(rules.get("otel_traces_trace_id_ts")?.days.get(""), { days: 7, sampledDays: 30 });
  assert.deepEqual(rules.get("metrics_rollup_1h")?.days.get(""), { days: 365, sampledDays: 365 });
  assert.equal(rules.get("otel_logs")?.wholeParts, true);
  assert.equal(rules.get("otel_traces")?.wholeParts, false);
  await settled("default", "traces");
});

test("what a person sets is pending, then applied; rows that are older go for that tenant alone", async () => {
  for (const tenant of ["short", "long"]) {
    await database.insert("otel_logs", [
      { Tenant: tenant, Timestamp: daysAgo(5), Body: "old" },
      { Tenant: tenant, Timestamp: daysAgo(0), Body: "new" },
    ]);
  }
  const { kinds } = await set("short", { logs: 2 });
  const pending = kinds.find(({ kind }) => kind === "logs");
  assert.deepEqual(
    [pending?.days, pending?.appliedDays, pending?.state, pending?.rows],
    [2, 90, RetentionState.PENDING, 2n],
  );
  await keep();
  await settled("short", "logs");
  await database.clickhouse.command("OPTIMIZE TABLE otel_logs FINAL");
  assert.deepEqual(await bodiesOf("short"), ["new"]);
  assert.deepEqual(await bodiesOf("long"), ["new", "old"]);
  const logs = (await keptOf("short")).get("logs");
  assert.deepEqual([logs?.days, logs?.defaultDays, logs?.appliedDays, logs?.rows], [2, 90, 2, 1n]);
  assert.ok((logs?.oldestUnixNano ?? 0n) > BigInt(Date.now() - 3_600_000) * 1_000_000n);
  assert.ok((logs?.bytesOnDisk ?? 0n) > 0n);
});

test("the default comes back when nothing is set any more", async () => {
  await set("long", { events: 400, metrics: 3 });
  await keep();
  await settled("long", "events");
  await set("long", { events: 0, metrics: 0 });
  await keep();
  const kept = await keptOf("long");
  assert.deepEqual([kept.get("events")?.days, kept.get("events")?.appliedDays], [90, 90]);
  assert.equal((await readAppliedRules(database.clickhouse, [])).get("events")?.wholeParts, true);
});

test("of traces that are older a share stays, whole", async () => {
  const ids = Array.from({ length: 200 }, (_, at) => `trace-${at}`);
  const spans = ids.flatMap((TraceId) =>
    ["a", "b", "c"].map((SpanId) => ({ Tenant: "long", Timestamp: daysAgo(10), TraceId, SpanId })),
  );
  await database.insert("otel_traces", spans);
  await database.clickhouse.command("OPTIMIZE TABLE otel_traces FINAL");
  const sql = "SELECT TraceId AS id, toUInt32(count()) AS spans FROM otel_traces GROUP BY id";
  const rows = await database.clickhouse.query(sql, {}, { schema: z.object({ id: z.string(), spans: z.number() }) });
  assert.ok(rows.length > 5 && rows.length < 50, `kept ${rows.length} of 200`);
  assert.ok(rows.every(({ spans }) => spans === 3));
  const kept = await keptOf("long");
  assert.equal(kept.get("traces")?.rows, 0n);
  assert.equal(kept.get("sampled_traces")?.rows, BigInt(3 * rows.length));
});

test("a change makes no part be written anew that keeps its rows", async () => {
  await database.insert("events", [
    { Tenant: "default", Timestamp: daysAgo(1), EventId: "01890a5d-ac96-774b-bcce-b302099a8057", Title: "kept" },
  ]);
  const wanted = { defaults: { ...defaults, events: 30 }, tenants: new Map() };
  await applyRetention({ clickhouse: database.clickhouse, wanted, sampledPercent: 10, log: quietLog });
  const schema = z.object({ rewritten: z.number(), ready: z.number() });
  await eventually(async () => {
    // A part whose age alone was computed again has a new name and the same files.
    const [found] = await database.clickhouse.query(
      `SELECT toUInt32(countIf(delete_ttl_info_max > now() + INTERVAL 31 DAY)) AS rewritten, toUInt32(count()) AS ready
       FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND active`,
      {},
      { schema },
    );
    assert.deepEqual(found, { rewritten: 0, ready: 1 });
  });
  const [row] = await database.clickhouse.query(
    "SELECT Title AS title FROM events WHERE Tenant = 'default'",
    {},
    { schema: z.object({ title: z.string() }) },
  );
  assert.equal(row?.title, "kept");
});

test("what cannot be applied says why", async () => {
  await database.clickhouse.command("RENAME TABLE otel_traces_trace_id_ts TO trace_times_away");
  try {
    await set("short", { traces: 5 });
    await keep();
    const traces = (await keptOf("short")).get("traces");
    assert.equal(traces?.state, RetentionState.FAILED);
    assert.match(traces?.reason ?? "", /otel_traces_trace_id_ts/);
  } finally {
    await database.clickhouse.command("RENAME TABLE trace_times_away TO otel_traces_trace_id_ts");
  }
  await keep();
  await settled("short", "traces");
});

test("nonsense is refused", async () => {
  const refuse = async (changes: { kind: string; days: number }[], message: RegExp) => {
    await assert.rejects(client.call("setRetention", { changes }, { tenant: "short" }), { message });
  };
  await refuse([{ kind: "dreams", days: 1 }], /want one of logs, traces/);
  await refuse([{ kind: "logs", days: 3651 }], /want at most 3650/);
});

test("the server's own logs are limited, whatever they are called", async () => {
  const { clickhouse } = database;
  const name = `test_${process.pid}_log`;
  await clickhouse.command(`CREATE TABLE system.${name} (event_date Date) ENGINE = MergeTree ORDER BY event_date`);
  try {
    assert.deepEqual(await limitSystemLogs(clickhouse, 7, quietLog), []);
    assert.deepEqual(await limitSystemLogs(clickhouse, 3, quietLog), []);
    const sql = "SELECT engine_full AS engine FROM system.tables WHERE database = 'system' AND name = {name:String}";
    const [row] = await clickhouse.query(sql, { name }, { schema: z.object({ engine: z.string() }) });
    assert.match(row?.engine ?? "", /TTL event_date \+ toIntervalDay\(.*\b3\b/);
  } finally {
    await clickhouse.command(`DROP TABLE system.${name}`);
  }
});
