import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createEventBuilder, type EventInput } from "@sightline/events/builder";
import { nanosOfMs } from "@sightline/model/time";
import { createPool, type Pool } from "@sightline/postgres/pool";
import type { Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { quietLog } from "@sightline/testkit/quiet-log";
import type { TestServer } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { forgetWindow, openAlertsOfRule } from "../alerts/alert-store.ts";
import { moveAlert } from "../alerts/step.ts";
import { DEFAULT_RULES } from "../rules/default-rules.ts";
import { compileRule, type EventRule } from "../rules/rule.ts";
import { eventRule, tenantWith } from "../testing/rules.ts";
import { createEventEvaluator, type EventEvaluatorOptions } from "./events.ts";

describe("evaluating event rules", () => {
  let database: TestServer;
  let sql: Pool;
  before(async () => {
    database = await testDatabase();
    sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  });
  after(async () => {
    await sql.close();
    await database.stop();
  });

  /** A rule, and the events that the test sends it. */
  async function watch(rule: Rule, limits: Partial<EventEvaluatorOptions> = {}) {
    const { tenant, rule: kept } = await tenantWith(sql, rule);
    const clock = testClock();
    const start = clock();
    const dropped: string[] = [];
    const compiled = compileRule(tenant, kept);
    assert.equal(compiled.kind, "event");
    const event: EventRule = compiled;
    const options = {
      sql,
      clock,
      newId: () => crypto.randomUUID(),
      rulesOf: (asked: string) => (asked === tenant ? [event] : []),
      maxAgeMs: 3600_000,
      maxOpenAlerts: 3,
      maxGroups: 100,
      onDropped: (reason: string) => void dropped.push(reason),
      ...limits,
    };
    // One for each call: nothing that counts may be kept in memory between two.
    const evaluator = (change: Partial<EventEvaluatorOptions> = {}) => createEventEvaluator({ ...options, ...change });
    let places = 0;
    const build = (second: number, input: Partial<EventInput>): SystemEvent => {
      const at = { timeUnixNano: nanosOfMs(start + second * 1000) };
      const about = { eventType: "boom", source: "test", title: "It went boom", target: "web-1" };
      return createEventBuilder({ clock }).build({ ...about, ...at, ...input });
    };
    const deliver = (second: number, events: readonly SystemEvent[], place: string) => {
      clock.set(start + second * 1000);
      const payload = EventBatch.encode({ events: [...events] }).finish();
      return evaluator().take({ tenant, payload, place, receivedUnixNano: nanosOfMs(clock()) });
    };
    return {
      tenant,
      rule: event,
      dropped,
      build,
      deliver,
      evaluator,
      /** Events that happen and arrive at that second, in one message. */
      at: (second: number, ...inputs: Partial<EventInput>[]) =>
        deliver(
          second,
          inputs.map((input) => build(second, input)),
          `${tenant} ${++places}`,
        ),
      /** Ends what has passed at that second, everything up to the other having been taken in. */
      pass(second: number, knownUntil = second) {
        clock.set(start + second * 1000);
        return evaluator().passWindows(event, start + knownUntil * 1000);
      },
      openAlerts: () => openAlertsOfRule(sql, tenant, kept.ruleId),
      /** What is open: "target state count", by target. */
      async open() {
        const alerts = await openAlertsOfRule(sql, tenant, kept.ruleId);
        return alerts.map(({ labels, state, value }) => `${labels["target"]} ${state} ${value}`).sort();
      },
      told: async () => {
        const rows = await sql.query(
          "SELECT status FROM alert_notifications WHERE tenant = $1 ORDER BY notification_id",
          [tenant],
          z.object({ status: z.string() }),
        );
        return rows.map(({ status }) => status);
      },
      clock,
      start,
    };
  }

  const expression =
    "event_type == 'resource_threshold' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90";
  const cpu = (usage: number): Partial<EventInput> => ({
    eventType: "resource_threshold",
    details: { resource_type: "cpu", usage_percent: usage },
  });

  test("three times in 300 s, and over when they have passed", async () => {
    const high = await watch(eventRule({}, { expression, thresholdCount: 3, thresholdWindowSeconds: 300 }));
    await high.at(0, cpu(95));
    await high.at(100, cpu(89), cpu(96));
    assert.deepEqual(await high.open(), []);
    await high.at(299, cpu(97));
    assert.deepEqual(await high.open(), ["web-1 firing 3"]);
    await high.at(310, cpu(98));
    assert.deepEqual(await high.open(), ["web-1 firing 4"]);
    await high.pass(399);
    assert.deepEqual(await high.open(), ["web-1 firing 4"]);
    await high.pass(400);
    assert.deepEqual(await high.open(), []);
    assert.deepEqual(await high.told(), ["firing", "resolved"]);
  });

  test("too far apart never fires, another target is another alert", async () => {
    const high = await watch(eventRule({}, { expression, thresholdCount: 2, thresholdWindowSeconds: 60 }));
    await high.at(0, cpu(95));
    await high.at(60, cpu(95));
    await high.at(70, { ...cpu(95), target: "web-2" });
    assert.deepEqual(await high.open(), []);
    await high.at(80, { ...cpu(95), target: "web-2" });
    assert.deepEqual(await high.open(), ["web-2 firing 2"]);
  });

  test("a message that is delivered again changes nothing", async () => {
    const boom = await watch(eventRule({}, { thresholdCount: 2 }));
    const events = [boom.build(0, {}), boom.build(1, {})];
    assert.equal(await boom.deliver(1, events.slice(0, 1), "a"), 0);
    assert.equal(await boom.deliver(1, events.slice(0, 1), "a"), 0);
    assert.deepEqual(await boom.open(), []);
    assert.equal(await boom.deliver(2, events, "b"), 1);
    assert.equal(await boom.deliver(3, events, "b"), 0);
    assert.equal(await boom.deliver(3, events, "sent again by its sender"), 0);
    assert.deepEqual(await boom.open(), ["web-1 firing 2"]);
  });

  test("a message whose transaction failed is taken in the next time", async () => {
    const boom = await watch(eventRule());
    const broken = boom.evaluator({ newId: () => "no uuid" });
    const event = boom.build(0, {});
    const payload = EventBatch.encode({ events: [event] }).finish();
    const message = { tenant: boom.tenant, payload, place: "fails first", receivedUnixNano: event.timeUnixNano };
    await assert.rejects(broken.take(message), AppError);
    assert.equal(await boom.deliver(0, [event], "fails first"), 1);
    assert.deepEqual(await boom.open(), ["web-1 firing 1"]);
  });

  test("a health check that fails fires until one succeeds, however long that takes", async () => {
    const down = DEFAULT_RULES.find(({ name }) => name === "Target down");
    assert.ok(down);
    const check = (status: string): Partial<EventInput> => ({ eventType: "HEALTH_CHECK", details: { status } });
    const target = await watch({ ...down, channels: ["hook"] });
    await target.at(0, check("healthy"));
    assert.deepEqual(await target.open(), []);
    await target.at(10, check("unhealthy"));
    assert.deepEqual(await target.open(), ["web-1 firing 1"]);
    await target.pass(86_400);
    assert.deepEqual(await target.open(), ["web-1 firing 1"]);
    await target.at(86_401, { ...check("healthy"), target: "web-2" });
    assert.deepEqual(await target.open(), ["web-1 firing 1"]);
    await target.at(86_402, check("healthy"));
    assert.deepEqual(await target.open(), []);
    assert.deepEqual(await target.told(), ["firing", "resolved"]);
    await target.deliver(86_403, [target.build(86_401, check("unhealthy"))], "overtaken by the recovery");
    assert.deepEqual(await target.open(), []);
    await target.at(86_404, check("unhealthy"), check("healthy"), check("unhealthy"));
    assert.deepEqual(await target.told(), ["firing", "resolved", "firing", "resolved"]);
  });

  test("an end that comes in a message before that of its beginning ends it", async () => {
    const watched = eventRule({}, { expression: "event_type == 'boom'", resolveExpression: "event_type == 'fine'" });
    const boom = await watch(watched);
    const evaluator = boom.evaluator();
    const take = (place: string, event: SystemEvent) => {
      const payload = EventBatch.encode({ events: [event] }).finish();
      return evaluator.take({ tenant: boom.tenant, payload, place, receivedUnixNano: nanosOfMs(boom.start + 60_000) });
    };
    assert.equal(await take("overtakes", boom.build(10, { eventType: "fine" })), 0);
    assert.equal(await take("was overtaken", boom.build(9, {})), 0);
    assert.deepEqual(boom.dropped, ["overtaken"]);
    assert.equal(await take("is later", boom.build(11, {})), 1);
    assert.deepEqual(await boom.open(), ["web-1 firing 1"]);
  });

  test("a beginning and its end in a message whose transaction failed are both told the next time", async () => {
    const watched = eventRule({}, { expression: "event_type == 'boom'", resolveExpression: "event_type == 'fine'" });
    const boom = await watch({ ...watched, channels: ["hook"] });
    let failures = 1;
    const failing: Pool = {
      ...sql,
      transaction: (work) =>
        sql.transaction(async (tx) => {
          const done = await work(tx);
          if (failures-- > 0) throw new AppError("unavailable", "postgres is away");
          return done;
        }),
    };
    const evaluator = boom.evaluator({ sql: failing });
    const take = (place: string, ...events: readonly SystemEvent[]) => {
      const payload = EventBatch.encode({ events: [...events] }).finish();
      return evaluator.take({ tenant: boom.tenant, payload, place, receivedUnixNano: nanosOfMs(boom.start + 60_000) });
    };
    const both = [boom.build(1, {}), boom.build(5, { eventType: "fine" })];
    await assert.rejects(take("both", ...both), /away/);
    assert.equal(await take("both", ...both), 2);
    assert.deepEqual(await boom.told(), ["firing", "resolved"]);
    assert.equal(await take("both", ...both), 0);
    assert.equal(await take("was overtaken", boom.build(4, {})), 0);
  });

  test("an end that was taken in without our being told is known", async () => {
    const watched = eventRule({}, { expression: "event_type == 'boom'", resolveExpression: "event_type == 'fine'" });
    const boom = await watch(watched);
    const fine = boom.build(5, { eventType: "fine" });
    await boom.deliver(60, [fine], "fine");
    const evaluator = boom.evaluator();
    const take = (place: string, event: SystemEvent) => {
      const payload = EventBatch.encode({ events: [event] }).finish();
      return evaluator.take({ tenant: boom.tenant, payload, place, receivedUnixNano: nanosOfMs(boom.start + 60_000) });
    };
    assert.equal(await take("fine", fine), 0);
    assert.equal(await take("was overtaken", boom.build(4, {})), 0);
  });

  test("what is not known to be over does not resolve", async () => {
    const boom = await watch(eventRule({}, { thresholdWindowSeconds: 60 }));
    await boom.at(0, {});
    await boom.pass(1000, 59);
    assert.deepEqual(await boom.open(), ["web-1 firing 1"]);
    assert.equal(await boom.evaluator().passWindows(boom.rule, undefined), 0);
    await boom.pass(1000, 60);
    assert.deepEqual(await boom.open(), []);
  });

  test("an event that comes late still makes its alert, one that comes too late does not", async () => {
    const boom = await watch(eventRule({}, { thresholdWindowSeconds: 60 }));
    await boom.deliver(3600, [boom.build(0, {})], "an hour late");
    assert.deepEqual(await boom.open(), ["web-1 firing 1"]);
    await boom.pass(3659);
    assert.deepEqual(await boom.open(), ["web-1 firing 1"]);
    await boom.pass(3660);
    assert.deepEqual(await boom.open(), []);
    await boom.deliver(3601, [boom.build(0, { target: "web-2" })], "too late");
    assert.deepEqual(await boom.open(), []);
    assert.deepEqual(boom.dropped, ["too_late"]);
  });

  test("a sender's clock that runs ahead does not hold the alert open", async () => {
    const boom = await watch(eventRule({}, { thresholdWindowSeconds: 60 }));
    await boom.deliver(0, [boom.build(1_000_000, {})], "from the future");
    await boom.pass(60);
    assert.deepEqual(await boom.open(), []);
    assert.deepEqual(await boom.told(), ["firing", "resolved"]);
  });

  test("groups are made of fields and labels", async () => {
    const boom = await watch(eventRule({}, { groupBy: ["source", "source_ip", "team"] }));
    const metadata = { sourceIp: "10.0.0.7", labels: { team: "web" } };
    await boom.at(
      0,
      { metadata },
      { metadata: { ...metadata, userId: "ada" } },
      { metadata: { labels: { team: "db" } } },
    );
    const labels = (await boom.openAlerts()).map((alert) => alert.labels);
    assert.deepEqual(
      labels.sort((a, b) => Object.keys(a).length - Object.keys(b).length),
      [
        { source: "test", team: "db", alertname: "Boom", severity: "warning" },
        { source: "test", source_ip: "10.0.0.7", team: "web", alertname: "Boom", severity: "warning" },
      ],
    );
  });

  test("a rule has so many alerts open and no more", async () => {
    const boom = await watch(eventRule());
    await boom.at(0, ...["a", "b", "c", "d", "e"].map((target) => ({ target })));
    assert.deepEqual(await boom.open(), ["a firing 1", "b firing 1", "c firing 1"]);
    assert.deepEqual(boom.dropped, ["too_many_alerts", "too_many_alerts"]);
  });

  test("a rule counts so many groups and no more", async () => {
    const boom = await watch(eventRule({}, { thresholdCount: 2 }), { maxGroups: 2 });
    await boom.at(0, { target: "a" }, { target: "b" }, { target: "c" });
    await boom.at(1, { target: "a" }, { target: "c" }, { target: "c" });
    assert.deepEqual(await boom.open(), ["a firing 2"]);
    assert.deepEqual(boom.dropped, ["too_many_groups", "too_many_groups", "too_many_groups"]);
  });

  test("acknowledged stays so while it goes on, and what was resolved by hand needs new events", async () => {
    const boom = await watch(eventRule({}, { thresholdCount: 2, thresholdWindowSeconds: 60 }));
    await boom.at(0, {}, {});
    const [alert] = await boom.openAlerts();
    assert.ok(alert);
    const byHand = { reason: "by_hand", actor: "ada", note: "", value: 2, atMs: boom.clock(), channels: [] };
    const taken = await sql.transaction((tx) => moveAlert(tx, alert, { ...byHand, to: "acknowledged" }));
    await boom.at(1, {});
    assert.deepEqual(await boom.open(), ["web-1 acknowledged 3"]);
    assert.ok(taken);
    await sql.transaction(async (tx) => {
      await forgetWindow(tx, taken);
      await moveAlert(tx, taken, { ...byHand, to: "resolved" });
    });
    await boom.at(2, {});
    assert.deepEqual(await boom.open(), []);
    await boom.at(3, {});
    assert.deepEqual(await boom.open(), ["web-1 firing 2"]);
    assert.deepEqual(await boom.told(), ["firing", "resolved", "firing"]);
  });

  test("bytes that are no events are refused for good", async () => {
    const boom = await watch(eventRule());
    const message = { tenant: boom.tenant, payload: new Uint8Array([0xff, 0xff]), place: "x", receivedUnixNano: 0n };
    await assert.rejects(
      boom.evaluator().take(message),
      (error) => error instanceof AppError && error.code === "data_loss" && !error.retryable,
    );
  });
});
