import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import type { TestServer } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { Registry } from "prom-client";
import type { Alert } from "../alerts/alert.ts";
import { listAttempts } from "../alerts/alert-store.ts";
import { beginAlert, moveAlert } from "../alerts/step.ts";
import { createTeller } from "../channels/kinds.ts";
import { decisionsBetween } from "../dispatch/decision-store.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { hang, startReceiver, status } from "../testing/receiver.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { releaseHeld } from "./held.ts";
import type { Hiding, HidingIn, HidingOf } from "./hiding.ts";
import { claimDue, dueGroups } from "./outbox.ts";
import { createRelay, type RelayOptions } from "./relay.ts";

/** After which a channel has its turn again that could not be told. */
const LEFT_ALONE_MS = 10_000;

describe("telling channels", () => {
  let database: TestServer;
  let sql: Pool;
  before(async () => {
    database = await testDatabase();
    sql = createPool({ url: database.url, maxConnections: 8 }, { log: quietLog });
  });
  after(async () => {
    await sql.close();
    await database.stop();
  });

  /** A rule that notifies a webhook, and a relay whose time is the test's. */
  async function set(hookUrl: string) {
    const { tenant, rule } = await tenantWith(sql, metricRule(), hookUrl);
    const clock = testClock();
    const tell = createTeller({ log: quietLog, policy: { allowPrivate: true }, clock });
    let hiding: Hiding | undefined;
    let shown = "";
    const hidingIn: HidingIn = async () => (alert) => (alert.labels["host"] === shown ? undefined : hiding);
    const newRelay = (change: Partial<RelayOptions> = {}) =>
      createRelay({
        sql,
        seal: createSeal({}),
        clock,
        log: quietLog,
        metrics: createAlerterMetrics(new Registry()),
        tell,
        hidingIn,
        externalUrl: "http://sightline.test",
        ...{ maxConcurrent: 4, maxConcurrentOfTenant: 4 },
        maxAlertsPerNotice: 100,
        failuresUntilAlert: 2,
        onFree: () => undefined,
        ...change,
      });
    const stop = new AbortController();
    const base = { reason: "test", actor: "rule", note: "", value: 11, channels: ["hook"] };
    return {
      tenant,
      rule,
      clock,
      newRelay,
      /** Has all alerts hidden from now on but those of one host, or none. */
      hide(by: Hiding | undefined, except = "") {
        hiding = by;
        shown = except;
      },
      fire: (fingerprint = "a") =>
        sql.transaction(async (tx) => {
          const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name };
          const about = {
            fingerprint: fingerprint.repeat(16),
            severity: "error",
            labels: { host: fingerprint },
          } as const;
          const texts = { annotations: {}, summary: "It is deep" };
          const step = { ...base, to: "firing", atMs: clock() } as const;
          const alert = await beginAlert(tx, { ...draft, ...about, ...texts }, step);
          assert.ok(alert);
          return alert;
        }),
      resolve: (alert: Alert) =>
        sql.transaction((tx) => moveAlert(tx, alert, { ...base, to: "resolved", atMs: clock() })),
      /** One look for what nothing hides any more and what is due, and everything that follows from it. */
      async round() {
        await releaseHeld({ sql, clock, log: quietLog, hidingIn });
        const relay = newRelay();
        await relay.begin(stop.signal);
        await relay.idle();
      },
      /** What was decided about telling the channel. */
      async decided() {
        const decisions = await decisionsBetween(sql, tenant, { startMs: 0, endMs: clock() + 1 }, 100);
        return decisions.map(({ step, reason, receiver }) => `${step} ${receiver}: ${reason}`);
      },
      log: async (alert: Alert) =>
        (await listAttempts(sql, tenant, alert.alertId)).map(
          (one) => `${one.status} ${one.attempt} ${one.delivered ? "delivered" : "not delivered"}: ${one.outcome}`,
        ),
    };
  }

  test("500, then 503 with Retry-After, then ok: as often and as late as it should", async () => {
    await using receiver = await startReceiver();
    receiver.answer(status(500, {}, "oops"), status(503, { "retry-after": "60" }));
    const here = await set(receiver.url);
    const alert = await here.fire();
    await here.round();
    await here.round();
    assert.equal(receiver.received.length, 1);
    here.clock.advance(1000);
    await here.round();
    assert.equal(receiver.received.length, 2);
    here.clock.advance(59_000);
    await here.round();
    assert.equal(receiver.received.length, 2);
    here.clock.advance(1000);
    await here.round();
    here.clock.advance(1_000_000);
    await here.round();
    assert.equal(receiver.received.length, 3);
    assert.deepEqual(await here.log(alert), [
      "firing 1 not delivered: 500 oops",
      "firing 2 not delivered: 503",
      "firing 3 delivered: 200 ok",
    ]);
  });

  test("400 is the last word", async () => {
    await using receiver = await startReceiver();
    receiver.answer(status(400, {}, "no such thing"));
    const here = await set(receiver.url);
    const alert = await here.fire();
    await here.round();
    here.clock.advance(1_000_000);
    await here.round();
    assert.equal(receiver.received.length, 1);
    assert.deepEqual(await here.log(alert), ["firing 1 not delivered: 400 no such thing"]);
  });

  test("it gives up after the attempts of the channel, and still tells of the end", async () => {
    await using receiver = await startReceiver();
    receiver.answer(...Array.from({ length: 4 }, () => status(500)));
    const here = await set(receiver.url);
    const alert = await here.fire();
    await here.resolve(alert);
    for (let round = 0; round < 8; round++) {
      await here.round();
      here.clock.advance(60_000);
    }
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "firing", "firing", "firing", "resolved"],
    );
    assert.deepEqual((await here.log(alert)).at(-1), "resolved 1 delivered: 200 ok");
  });

  test("what is told together is told once, firing before resolved", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    const a = await here.fire("a");
    await here.fire("b");
    await here.resolve(a);
    await here.round();
    await here.round();
    assert.deepEqual(
      receiver.received.map(({ body }) => body.alerts.map((one) => `${one.fingerprint[0]} ${one.status}`)),
      [["a firing", "b firing"], ["a resolved"]],
    );
  });

  test("a receiver that hangs delays nobody else", async () => {
    await using slow = await startReceiver();
    await using quick = await startReceiver();
    slow.answer(hang);
    const hanging = await set(slow.url);
    const passing = await set(quick.url);
    const alert = await hanging.fire();
    await passing.fire();
    const relay = hanging.newRelay();
    await relay.begin(new AbortController().signal);
    await eventually(() => quick.received.length === 1);
    assert.deepEqual(await hanging.log(alert), []);
    await relay.idle();
    assert.match((await hanging.log(alert))[0] ?? "", /^firing 1 not delivered: .*no answer within 500 ms/);
  });

  const silenced: Hiding = { step: "silenced", reason: "a silence matches it", ids: ["s1"] };

  test("what is hidden is told when nothing hides it any more, and the record says so once", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    here.hide(silenced);
    const alert = await here.fire();
    for (let round = 0; round < 3; round++) {
      await here.round();
      here.clock.advance(60_000);
    }
    assert.equal(receiver.received.length, 0);
    assert.deepEqual(await here.decided(), ["silenced channel:hook: a silence matches it"]);
    here.hide(undefined);
    await here.round();
    assert.deepEqual(await here.log(alert), ["firing 1 delivered: 200 ok"]);
    assert.deepEqual((await here.decided()).slice(1), [
      "due channel:hook: nothing hides it any more",
      "delivered channel:hook: 200 ok",
    ]);
  });

  test("of what was over before it could be told nobody hears at all", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    here.hide(silenced);
    const alert = await here.fire();
    await here.round();
    await here.resolve(alert);
    await here.round();
    here.hide(undefined);
    here.clock.advance(60_000);
    await here.round();
    assert.equal(receiver.received.length, 0);
    const overBefore = "deduplicated channel:hook: it was over before the channel was told of it";
    assert.deepEqual((await here.decided()).slice(1), [overBefore]);
  });

  test("the end of what a channel was told of waits until nothing hides it, and is told", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    const alert = await here.fire();
    await here.round();
    here.hide(silenced);
    await here.resolve(alert);
    await here.round();
    assert.equal(receiver.received.length, 1);
    here.hide(undefined);
    await here.round();
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "resolved"],
    );
  });

  test("what is hidden does not delay what is not", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    here.hide(silenced, "b");
    await here.fire("a");
    await here.fire("b");
    await here.round();
    const told = () => receiver.received.map(({ body }) => body.alerts.map((one) => one.fingerprint[0]));
    assert.deepEqual(told(), [["b"]]);
    here.hide(undefined);
    await here.round();
    assert.deepEqual(told(), [["b"], ["a"]]);
  });

  test("what could not be held back has had no attempt", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    const alert = await here.fire();
    here.hide(silenced);
    await sql.execute("ALTER TABLE alert_decisions ADD CONSTRAINT outage CHECK (step <> 'silenced') NOT VALID", []);
    await here.round();
    await sql.execute("ALTER TABLE alert_decisions DROP CONSTRAINT outage", []);
    assert.deepEqual(await here.decided(), []);
    here.hide(undefined);
    here.clock.advance(LEFT_ALONE_MS);
    await here.round();
    assert.deepEqual(await here.log(alert), ["firing 1 delivered: 200 ok"]);
  });

  test("of whom it cannot be told what is hidden, nobody else has to wait for", async () => {
    await using receiver = await startReceiver();
    await using others = await startReceiver();
    const here = await set(receiver.url);
    const there = await set(others.url);
    const alert = await here.fire();
    there.clock.advance(1);
    await there.fire();
    let isOut = true;
    const relay = there.newRelay({
      maxConcurrent: 1,
      hidingIn: async (tenant) => {
        if (isOut && tenant === here.tenant) throw new AppError("unavailable", "no answer");
        return () => undefined;
      },
    });
    const { signal } = new AbortController();
    const rounds = async () => {
      for (let round = 0; round < 20; round++) await relay.begin(signal).then(relay.idle);
    };
    await rounds();
    assert.deepEqual([receiver.received.length, others.received.length], [0, 1]);
    isOut = false;
    there.clock.advance(LEFT_ALONE_MS);
    await rounds();
    assert.deepEqual(await here.log(alert), ["firing 1 delivered: 200 ok"]);
  });

  test("for a look at what one tenant has held back nobody waits", async () => {
    await using receiver = await startReceiver();
    await using others = await startReceiver();
    const here = await set(receiver.url);
    const there = await set(others.url);
    here.hide(silenced);
    await here.fire();
    await here.round();
    await there.fire();
    const { promise: never } = Promise.withResolvers<HidingOf>();
    const hidingIn: HidingIn = (tenant) => (tenant === here.tenant ? never : Promise.resolve(() => undefined));
    const relay = there.newRelay({ hidingIn });
    await relay.begin(new AbortController().signal);
    await relay.idle();
    assert.equal(others.received.length, 1);
  });

  test("an end that is due behind a beginning that waits is nothing to be looked for again and again", async () => {
    await using receiver = await startReceiver();
    receiver.answer(status(503, { "retry-after": "60" }));
    const here = await set(receiver.url);
    const alert = await here.fire();
    await here.round();
    await here.resolve(alert);
    const due = async () => {
      const groups = await dueGroups(sql, { nowMs: here.clock(), channels: [], tenants: [], limit: 100 });
      return groups.filter(({ tenant }) => tenant === here.tenant).length;
    };
    assert.equal(await due(), 0);
    here.clock.advance(60_000);
    assert.equal(await due(), 1);
  });

  test("two relays tell once", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    await here.fire();
    await Promise.all([here.round(), here.round(), here.round()]);
    assert.equal(receiver.received.length, 1);
  });

  test("an attempt that a crash cut off is made again once it counts as lost", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    const alert = await here.fire();
    const nowMs = here.clock();
    const group = { tenant: here.tenant, channel: "hook", ruleId: here.rule.ruleId };
    const claims = await claimDue(sql, group, { nowMs, lostAtMs: nowMs + 30_000, limit: 10 });
    assert.equal(claims.length, 1);
    here.clock.advance(29_000);
    await here.round();
    assert.equal(receiver.received.length, 0);
    here.clock.advance(1000);
    await here.round();
    assert.equal(receiver.received.length, 1);
    assert.deepEqual(await here.log(alert), ["firing 2 delivered: 200 ok"]);
  });

  test("an attempt that is called off counts as none", async () => {
    await using receiver = await startReceiver();
    receiver.answer(hang);
    const here = await set(receiver.url);
    const alert = await here.fire();
    const relay = here.newRelay();
    const stop = new AbortController();
    await relay.begin(stop.signal);
    await eventually(() => receiver.received.length === 1);
    stop.abort();
    await relay.idle();
    assert.deepEqual(await here.log(alert), []);
    await here.round();
    assert.deepEqual(await here.log(alert), ["firing 1 delivered: 200 ok"]);
  });

  test("a channel that was deleted is told nothing, and the log says so", async () => {
    await using receiver = await startReceiver();
    const here = await set(receiver.url);
    const alert = await here.fire();
    await sql.execute("DELETE FROM alert_rule_channels WHERE tenant = $1", [here.tenant]);
    await sql.execute("DELETE FROM alert_channels WHERE tenant = $1", [here.tenant]);
    await here.round();
    assert.deepEqual(await here.log(alert), ["firing 1 not delivered: the channel hook was deleted"]);
  });
});
