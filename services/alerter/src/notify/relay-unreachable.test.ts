// What others hear of a channel that takes nothing, with a real Postgres and a real receiver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { Registry } from "prom-client";
import { z } from "zod";
import { beginAlert } from "../alerts/step.ts";
import { createTeller } from "../channels/kinds.ts";
import { inboxEntry } from "../dispatch/inbox.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { startReceiver, status } from "../testing/receiver.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { createRelay } from "./relay.ts";

const inboxRow = z.object({ entry: inboxEntry });

test("a channel that takes nothing is an alert of its own, until it takes something", async () => {
  await using stack = new AsyncDisposableStack();
  const receiver = stack.use(await startReceiver());
  receiver.answer(status(500), status(500), status(500));
  const database = stack.use(await testDatabase());
  const sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
  const { tenant, rule } = await tenantWith(sql, metricRule(), receiver.url);
  const clock = testClock();
  const relay = createRelay({
    ...{ sql, clock, seal: createSeal({}), log: quietLog, metrics: createAlerterMetrics(new Registry()) },
    tell: createTeller({ log: quietLog, policy: { allowPrivate: true }, clock }),
    hidingIn: async () => () => undefined,
    externalUrl: "http://sightline.test",
    ...{
      maxConcurrent: 4,
      maxConcurrentOfTenant: 4,
      maxAlertsPerNotice: 100,
      failuresUntilAlert: 2,
      onFree: () => undefined,
    },
  });
  const stop = new AbortController();
  const round = async (afterMs: number) => {
    clock.advance(afterMs);
    await relay.begin(stop.signal);
    await relay.idle();
  };
  const entries = async () => {
    const select = "SELECT entry FROM alert_inbox WHERE tenant = $1 ORDER BY entry_id";
    const rows = await sql.query(select, [tenant], inboxRow);
    return rows.flatMap(({ entry }) =>
      "alerts" in entry ? entry.alerts.map((alert) => ({ ...alert, ...entry })) : [],
    );
  };
  /** What whoever dispatches is given of channels that take nothing. */
  const troubles = async () =>
    (await entries()).flatMap(({ kind, labels: { alertname, channel } }) =>
      alertname === "SightlineReceiverUnreachable" ? [`${kind} ${channel}`] : [],
    );

  await sql.transaction(async (tx) => {
    const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name };
    const about = { fingerprint: "a".repeat(16), severity: "error", labels: {}, annotations: {}, summary: "" } as const;
    const step = { to: "firing", atMs: clock(), reason: "test", actor: "rule", note: "", value: 1, channels: ["hook"] };
    await beginAlert(tx, { ...draft, ...about }, { ...step, to: "firing" });
  });
  await round(0);
  assert.deepEqual(await troubles(), []);
  await round(1000);
  assert.deepEqual(await troubles(), ["alerts hook"]);
  // As the dispatcher keeps it.
  const insert = "INSERT INTO dispatch_records (tenant, kind, key, record) VALUES ($1, 'alert', $2, $3)";
  for (const { labels, endsAtMs } of await entries()) {
    await sql.execute(insert, [tenant, fingerprintOf(labels), JSON.stringify({ endsAtMs })]);
  }
  await round(2000);
  assert.deepEqual(await troubles(), ["alerts hook"]);
  await round(4000);
  assert.equal(receiver.received.length, 4);
  assert.deepEqual(await troubles(), ["alerts hook", "ended hook"]);
});
