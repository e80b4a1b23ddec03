import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { giveUpKey } from "@sightline/postgres/seal-keys";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { Registry } from "prom-client";
import { listAttempts } from "../alerts/alert-store.ts";
import { beginAlert } from "../alerts/step.ts";
import { findChannel, putChannel } from "../channels/channel-store.ts";
import { createTeller } from "../channels/kinds.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { createRelay } from "./relay.ts";

test("a channel that cannot be opened is said to be so once, and settled when its key is given up", async () => {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await testDatabase());
  const sql = createPool({ url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
  const { tenant, rule } = await tenantWith(sql, metricRule());
  const keyless = createSeal({});
  const sealing = createSeal({ key: createSecret("k".repeat(32)) });
  const hook = await findChannel({ sql, seal: keyless }, tenant, "hook");
  assert.ok(hook);
  await putChannel({ sql, seal: sealing }, tenant, hook, 0);

  const clock = testClock();
  const warnings: string[] = [];
  const relay = createRelay({
    ...{ sql, seal: keyless, clock, externalUrl: "http://sightline.test", maxConcurrent: 4, maxAlertsPerNotice: 100 },
    ...{ maxConcurrentOfTenant: 4, failuresUntilAlert: 3 },
    log: { ...quietLog, warn: (_, message) => void warnings.push(message) },
    metrics: createAlerterMetrics(new Registry()),
    tell: createTeller({ log: quietLog, policy: { allowPrivate: true }, clock }),
    hidingIn: async () => () => undefined,
    onFree: () => undefined,
  });
  const { signal } = new AbortController();
  const round = async () => {
    clock.advance(3000);
    await relay.begin(signal);
    await relay.idle();
  };
  const alert = await sql.transaction((tx) => {
    const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name };
    const about = { fingerprint: "a".repeat(16), severity: "error", labels: {}, annotations: {}, summary: "" } as const;
    const step = { reason: "test", actor: "rule", note: "", value: 1, channels: ["hook"], atMs: clock() };
    return beginAlert(tx, { ...draft, ...about }, { ...step, to: "firing" });
  });
  assert.ok(alert);

  for (let rounds = 0; rounds < 3; rounds++) await round();
  assert.deepEqual(warnings, ["a channel could not be told"]);
  assert.deepEqual(await listAttempts(sql, tenant, alert.alertId), []);

  const [key = ""] = sealing.keyIds;
  assert.ok(await giveUpKey(sql, key, clock()));
  await round();
  const attempts = await listAttempts(sql, tenant, alert.alertId);
  assert.deepEqual(
    attempts.map(({ delivered, outcome }) => ({ delivered, outcome })),
    [{ delivered: false, outcome: "the channel hook is sealed with a key that was given up" }],
  );
  assert.deepEqual(warnings.slice(1), ["channel not told"]);
});
