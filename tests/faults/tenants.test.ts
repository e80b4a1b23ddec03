// What one tenant does, or what is done to it, while others go on: a cardinality bomb (more label sets by
// SIGHTLINE_BOMB_SERIES), times far from now, the same request twice, a key revoked, a tenant deleted.
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, type RestClient } from "../e2e/rest-client.ts";
import { createNumberSender } from "./counted-request.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { countStored } from "./stored.ts";
import { postOtlp, quantile, refusedPoints, seriesRequest } from "./tenant-load.ts";

const bombSeries = Number(process.env["SIGHTLINE_BOMB_SERIES"] ?? 1_000_000);
const seriesPerRequest = 2000;
const maxSeries = 5000;
/** A revoked key may work for this long (see README). */
const staleMs = 15_000;
const day = 86_400_000;
const made = z.object({ key: z.string(), keyId: z.string() });
const ignored = z.unknown();

describe("tenants beside each other", { timeout: 900_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let operator: RestClient;

  before(async () => {
    const settings = {
      ingest: { SIGHTLINE_LIMITS_TENANT_REFRESH_MS: "200" },
      storage: { SIGHTLINE_PURGE_INTERVAL_MS: "500" },
    };
    system = closers.use(await startFaultStack({ settings }));
    const { stack } = system;
    operator = createRestClient(stack.doors.page, { authorization: `Bearer ${stack.secrets.adminKey}` });
  });

  /** A tenant, its administrator and a key that it sends with. */
  async function newTenant(tenant: string) {
    const { key } = await operator.send("POST", "/v1/tenants", { tenant }, made);
    const admin = createRestClient(system.stack.doors.page, { authorization: `Bearer ${key}` });
    const ingest = await admin.send("POST", "/v1/keys", { name: "sender", scopes: ["ingest"] }, made);
    return { admin, key: ingest.key, keyId: ingest.keyId };
  }

  const count = async (sql: string, params: Record<string, string>): Promise<number> => {
    const schema = z.object({ n: z.coerce.number() });
    const [row] = await system.clickhouse.query(sql, params, { schema });
    return row?.n ?? 0;
  };

  /** Sends one record after the other while something goes on: how long acknowledgements and storing take. */
  async function measure(key: string, mark: string, during: Promise<unknown>) {
    const sender = createNumberSender(system.stack.doors.otlpGrpc, key, mark);
    const acks: number[] = [];
    const fresh: number[] = [];
    let over = false;
    const ended = during.finally(() => {
      over = true;
    });
    for (let number = 1; !over || number < 100; number++) {
      const startedAt = performance.now();
      await sender.send.logs(number, AbortSignal.timeout(30_000));
      acks.push(performance.now() - startedAt);
      if (number % 50 !== 0) continue;
      const seen = async () => (await countStored(system.clickhouse, "logs", mark)).has(number);
      await eventually(seen, { timeoutMs: 60_000, intervalMs: 50 });
      fresh.push(performance.now() - startedAt);
    }
    sender.close();
    await ended;
    return { ackP99: quantile(acks, 0.99), freshP95: quantile(fresh, 0.95), records: acks.length };
  }

  test(`a bomb of ${bombSeries} label sets is refused beyond the limit, and another tenant hardly notices`, async (t: TestContext) => {
    const { key: bomber } = await newTenant("bomber");
    const { key: quiet } = await newTenant("quiet");
    await operator.send("PUT", "/v1/tenants/bomber/limits", { maxSeries }, ignored);
    const url = `${system.stack.doors.otlpHttp}/v1/metrics`;
    await eventually(
      async () => {
        const limit = 'sightline_ingest_tenant_limit{tenant="bomber",limit="series"}';
        await postOtlp(url, bomber, new Uint8Array());
        const metrics = await (await fetch(`${system.stack.doors.admin("ingest")}/metrics`)).text();
        return metrics.includes(`${limit} ${maxSeries}\n`);
      },
      { intervalMs: 100 },
    );
    const alone = await measure(quiet, "quiet-alone", Promise.resolve());

    let refused = 0;
    let message = "";
    const bomb = async () => {
      for (let from = 0; from < bombSeries; from += seriesPerRequest) {
        const answer = await postOtlp(url, bomber, seriesRequest(from, from + seriesPerRequest, "bomber"));
        assert.equal(answer.status, 200);
        const points = refusedPoints(answer);
        refused += points.count;
        message ||= points.message;
      }
    };
    const beside = await measure(quiet, "quiet-beside", bomb());
    t.diagnostic(JSON.stringify({ bombSeries, alone, beside }));

    assert.equal(refused, bombSeries - maxSeries);
    assert.match(
      message,
      /data points are of new series: got 5000 that are active, want at most 5000; the first is of/,
    );
    const stored = "SELECT uniqExact(Fingerprint) AS n FROM metrics_series WHERE Tenant = {tenant:String}";
    const allStored = async () => assert.equal(await count(stored, { tenant: "bomber" }), maxSeries);
    await eventually(allStored, { timeoutMs: 30_000, intervalMs: 250 });
    // Known series go on.
    const known = await postOtlp(url, bomber, seriesRequest(0, seriesPerRequest, "bomber"));
    assert.equal(refusedPoints(known).count, 0);
    const much = `alone ${JSON.stringify(alone)}, beside ${JSON.stringify(beside)}`;
    assert.ok(beside.ackP99 < 5 * alone.ackP99 + 250, much);
    assert.ok(beside.freshP95 < 2 * alone.freshP95 + 3000, much);
  });

  test("records of far times are refused and told, and make no partitions", async () => {
    const { key } = await newTenant("times");
    const now = Date.now();
    const nanos = (unixMs: number) => BigInt(unixMs) * 1_000_000n;
    const logs = (times: readonly bigint[]) =>
      ExportLogsServiceRequest.encode(
        ExportLogsServiceRequest.fromPartial({
          resourceLogs: [
            {
              scopeLogs: [
                {
                  logRecords: times.map((timeUnixNano) => ({
                    timeUnixNano,
                    body: { value: { $case: "stringValue" as const, value: String(timeUnixNano) } },
                  })),
                },
              ],
            },
          ],
        }),
      ).finish();
    const good = [nanos(now), nanos(now - 10 * day), 0n];
    const bad = [nanos(now + day), 1n, 1_000_000_000n, nanos(now - 200 * day), 2n ** 63n + 1n, 2n ** 64n - 1n];
    const many = Array.from({ length: 1000 }, (_, at) => nanos(now - (100 + at) * day));
    const answer = await postOtlp(`${system.stack.doors.otlpHttp}/v1/logs`, key, logs([...good, ...bad, ...many]));
    assert.equal(answer.status, 200);
    const told = refusedPoints(answer);
    assert.equal(told.count, bad.length + many.length);
    assert.match(told.message, /\(too_new 3, too_old 1003\), the first because: a log record's time is /);

    const rows = "SELECT count() AS n FROM otel_logs WHERE Tenant = {tenant:String}";
    await eventually(async () => (await count(rows, { tenant: "times" })) === good.length);
    const unset =
      "SELECT count() AS n FROM otel_logs WHERE Tenant = {tenant:String} AND Body = '0' AND Timestamp > now() - 600";
    assert.equal(await count(unset, { tenant: "times" }), 1, "what has no time has that of its arrival");
    const days = "SELECT uniqExact(toDate(Timestamp)) AS n FROM otel_logs WHERE Tenant = {tenant:String}";
    assert.equal(await count(days, { tenant: "times" }), 2);
  });

  test("a request sent twice is stored twice: at least once is what a sender that tries again gets", async () => {
    const { key } = await newTenant("again");
    const sender = createNumberSender(system.stack.doors.otlpGrpc, key, "again");
    for (let times = 0; times < 2; times++) await sender.send.logs(7, AbortSignal.timeout(30_000));
    sender.close();
    const stored = async () => (await countStored(system.clickhouse, "logs", "again")).get(7) === 2;
    await eventually(stored);
  });

  /** Sends until turned away; resolves with how long that took, and how many were acknowledged. */
  async function sendUntilRefused(key: string, mark: string) {
    const sender = createNumberSender(system.stack.doors.otlpGrpc, key, mark);
    const startedAt = performance.now();
    let acknowledged = 0;
    try {
      for (;;) {
        await sender.send.logs(acknowledged + 1, AbortSignal.timeout(30_000));
        acknowledged += 1;
      }
    } catch (thrown) {
      assert.match(String(thrown), /the API key is unknown or revoked/);
    } finally {
      sender.close();
    }
    return { acknowledged, tookMs: performance.now() - startedAt };
  }

  // Both wait for what processes remember of keys to grow old.
  describe("what ends in the middle of a stream", { concurrency: true }, () => {
    test("a key revoked in the middle of a stream stops within 15 seconds, and what was acknowledged is kept", async () => {
      const { admin, key, keyId } = await newTenant("revoked");
      const sending = sendUntilRefused(key, "revoked");
      await eventually(async () => (await countStored(system.clickhouse, "logs", "revoked")).size > 0, {
        timeoutMs: 30_000,
      });
      const revokedAt = performance.now();
      await admin.send("DELETE", `/v1/keys/${keyId}`, undefined, ignored);
      const { acknowledged } = await sending;
      assert.ok(performance.now() - revokedAt < staleMs + 5000);
      const all = async () => (await countStored(system.clickhouse, "logs", "revoked")).size >= acknowledged;
      await eventually(all);
    });

    test("a tenant deleted while it sends: its keys stop, its records go, nobody else's", async () => {
      const { admin, key } = await newTenant("gone");
      const { key: other } = await newTenant("stays");
      const stays = createNumberSender(system.stack.doors.otlpGrpc, other, "stays");
      await stays.send.logs(1, AbortSignal.timeout(30_000));
      stays.close();
      const sending = sendUntilRefused(key, "gone");
      await eventually(async () => (await countStored(system.clickhouse, "logs", "gone")).size > 0, {
        timeoutMs: 30_000,
      });
      const deletedAt = performance.now();
      await operator.send("DELETE", "/v1/tenants/gone", undefined, ignored);
      const { acknowledged } = await sending;
      assert.ok(acknowledged > 0);
      assert.ok(performance.now() - deletedAt < staleMs + 5000);
      const locked = async () => {
        await assert.rejects(admin.get("/v1/keys", ignored), /401/);
      };
      await eventually(locked, { timeoutMs: staleMs + 5000, intervalMs: 500 });
      const purged = async () => (await countStored(system.clickhouse, "logs", "gone")).size === 0;
      await eventually(purged, { timeoutMs: 60_000, intervalMs: 500 });
      await operator.send("DELETE", "/v1/tenants/gone", undefined, ignored);
      assert.equal((await countStored(system.clickhouse, "logs", "stays")).get(1), 1);
    });
  });
});
