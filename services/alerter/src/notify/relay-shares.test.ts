// One tenant whose channels all hang, and others beside it, with a real Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { Registry } from "prom-client";
import { beginAlert } from "../alerts/step.ts";
import { putChannel } from "../channels/channel-store.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { createRelay } from "./relay.ts";

test("a tenant whose channels all hang has its share of them, and leaves room for those of others", async () => {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await testDatabase());
  const sql = createPool({ url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
  const seal = createSeal({});
  const clock = testClock();
  /** Has so many channels told of an alert. */
  const fire = async (channels: readonly string[]): Promise<string> => {
    const { tenant, rule } = await tenantWith(sql, metricRule());
    for (const name of channels) {
      await putChannel({ sql, seal }, tenant, { name, kind: { $case: "console", value: {} } }, 0);
    }
    await sql.transaction(async (tx) => {
      const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name };
      const about = {
        fingerprint: "a".repeat(16),
        severity: "error",
        labels: {},
        annotations: {},
        summary: "",
      } as const;
      const step = { reason: "test", actor: "rule", note: "", value: 1, channels: [...channels], atMs: clock() };
      await beginAlert(tx, { ...draft, ...about }, { ...step, to: "firing" });
    });
    return tenant;
  };
  const hanging = await fire(["a", "b", "c", "d", "e", "f"]);
  clock.advance(1000);
  const other = await fire(["a", "b", "c"]);

  const told: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const others = Promise.withResolvers<void>();
  const relay = createRelay({
    ...{ sql, seal, clock, log: quietLog, metrics: createAlerterMetrics(new Registry()) },
    async tell(_channel, { tenant }) {
      told.push(tenant);
      if (told.filter((one) => one === other).length === 3) others.resolve();
      if (tenant === hanging) await released;
      return { delivered: true, outcome: "", retryable: false };
    },
    hidingIn: async () => () => undefined,
    externalUrl: "http://sightline.test",
    ...{ maxConcurrent: 4, maxConcurrentOfTenant: 2, maxAlertsPerNotice: 100, failuresUntilAlert: 3 },
    onFree: () => void relay.begin(signal),
  });
  const { signal } = new AbortController();
  await relay.begin(signal);
  await others.promise;
  assert.equal(told.filter((one) => one === hanging).length, 2);
  release();
  await relay.idle();
  while (told.length < 9) await relay.begin(signal).then(relay.idle);
  assert.equal(told.filter((one) => one === hanging).length, 6);
});
