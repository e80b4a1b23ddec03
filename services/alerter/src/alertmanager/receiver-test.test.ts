// What a test means for a receiver that counts as unreachable, with a real Postgres and a real receiver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { createPool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { TestReceiverRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { createRateLimiter } from "../channels/rate-limit.ts";
import { testRim } from "../channels/testing/sample.ts";
import { activate } from "../dispatch/activate.ts";
import { startReceiver, status } from "../testing/receiver.ts";
import { createReceiverTests } from "./receiver-test.ts";

const tenant = "acme";
const nowMs = Date.UTC(2026, 10, 2);
const entryRow = z.object({ entry: z.unknown() }).transform(({ entry }) => entry);

test("a receiver that takes a test counts as unreachable no more, one that does not still does", async () => {
  await using stack = new AsyncDisposableStack();
  const receiver = stack.use(await startReceiver());
  const { url } = stack.use(await testDatabase());
  const sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  stack.defer(() => sql.close());
  await ensureTenant(sql, tenant);
  const source = `route: { receiver: ops }\nreceivers: [{ name: ops, webhook_configs: [{ url: "${receiver.url}" }] }]\n`;
  const configuration = activate({ source, templates: {}, version: 1 }, testRim());
  const tests = createReceiverTests({
    ...{ sql, clock: () => nowMs, externalUrl: "http://sightline" },
    limiter: createRateLimiter({ maxKeys: 10, steadyMs: () => 0 }),
    drafts: { ready: async () => assert.fail("no draft was put") },
    configurationOf: async () => configuration,
  });
  const labels = {
    ...{ alertname: "SightlineReceiverUnreachable", severity: "critical", source: "sightline" },
    ...{ receiver: "ops", integration: "webhook[0]" },
  };
  await sql.execute("INSERT INTO dispatch_records (tenant, kind, key, record) VALUES ($1, 'alert', $2, $3)", [
    tenant,
    fingerprintOf(labels),
    JSON.stringify({ endsAtMs: nowMs + 1 }),
  ]);
  const entries = () => sql.query("SELECT entry FROM alert_inbox", [], entryRow);
  const request = TestReceiverRequest.fromPartial({ receiver: "ops" });
  const { signal } = new AbortController();
  receiver.answer(status(500));
  assert.deepEqual(
    (await tests.test(tenant, request, signal)).map(({ delivered }) => delivered),
    [false],
  );
  assert.deepEqual(await entries(), []);
  assert.deepEqual(
    (await tests.test(tenant, request, signal)).map(({ delivered }) => delivered),
    [true],
  );
  assert.deepEqual(await entries(), [{ kind: "ended", alerts: [{ labels }] }]);

  // Two of twenty turns are taken: the last ones are enough for what is begun, and its end needs none.
  const left = new Map();
  for (let turn = 3; turn <= 20; turn++) await tests.test(tenant, request, signal, left);
  await assert.rejects(tests.test(tenant, request, signal, left), { code: "resource_exhausted" });
  const end = TestReceiverRequest.fromPartial({ receiver: "ops", resolved: true });
  await assert.rejects(tests.test(tenant, end, signal), { code: "resource_exhausted" });
  assert.equal((await tests.test(tenant, end, signal, left))[0]?.delivered, true);
  assert.equal(receiver.received.at(-1)?.body.status, "resolved");
});
