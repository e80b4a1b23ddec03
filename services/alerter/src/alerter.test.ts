import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseDetails } from "@sightline/events/details";
import { AlertState } from "@sightline/proto/sightline/alert/v1/alert_service";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, startPrivatePostgres, type TestServer } from "@sightline/testkit/servers";
import { fails, list, listed, putRule, putWebhook } from "./testing/calls.ts";
import { startReceiver } from "./testing/receiver.ts";
import { eventRule, metricRule } from "./testing/rules.ts";
import { createWorld, ofTenant } from "./testing/world.ts";

describe("the alerter", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  test("a metric rule: webhook, history, delivery log and events on the bus", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    const rule = await putRule(alerter, metricRule({ labels: { team: "mail" } }));
    here.storage.set("queue_depth", 12, { queue: "mail" });
    await eventually(() => receiver.received.length === 1);
    const [fired] = receiver.received;
    assert.deepEqual(fired?.body.commonLabels, {
      alertname: "Deep queue",
      severity: "warning",
      team: "mail",
      queue: "mail",
    });
    assert.equal(fired.body.externalURL, "http://sightline.test");
    here.storage.set("queue_depth", 3, { queue: "mail" });
    await eventually(() => receiver.received.length === 2);
    assert.equal(receiver.received[1]?.body.alerts[0]?.fingerprint, fired.body.alerts[0]?.fingerprint);
    assert.equal(receiver.received[1]?.body.status, "resolved");

    const [alert] = await list(alerter, { states: [AlertState.RESOLVED] });
    assert.equal(alert?.ruleId, rule.ruleId);
    const shown = await eventually(async () => {
      const answer = await alerter.client.call("getAlert", { alertId: alert.alertId }, ofTenant);
      assert.equal(answer.notifications.length, 2);
      return answer;
    });
    assert.deepEqual(
      shown.history.map(({ fromState, toState }) => [fromState, toState]),
      [
        [AlertState.UNSPECIFIED, AlertState.FIRING],
        [AlertState.FIRING, AlertState.RESOLVED],
      ],
    );
    assert.deepEqual(
      shown.notifications.map(({ channel, status, attempt, delivered, outcome }) => [
        channel,
        status,
        attempt,
        delivered,
        outcome,
      ]),
      [
        ["hook", "firing", 1, true, "200 ok"],
        ["hook", "resolved", 1, true, "200 ok"],
      ],
    );
    await eventually(() => here.told.length === 2);
    assert.deepEqual(
      here.told.map(({ eventType, severity, category, source, title, metadata }) => [
        eventType,
        severity,
        category,
        source,
        title,
        metadata?.correlationId,
      ]),
      [
        ["alert_firing", Severity.WARNING, "alert", "alerter", `Firing: ${alert.summary}`, alert.alertId],
        ["alert_resolved", Severity.INFO, "alert", "alerter", `Resolved: ${alert.summary}`, alert.alertId],
      ],
    );
    assert.equal(parseDetails(here.told[1]?.details ?? "")?.["reason"], "condition_ended");
    const { rules } = await alerter.client.call("listRules", {}, ofTenant);
    const kept = rules.find(({ ruleId }) => ruleId === rule.ruleId);
    assert.ok((kept?.lastEvaluatedUnixNano ?? 0n) > 0n);
    assert.equal(kept?.lastError, "");
  });

  test("an event rule counts on after a restart", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const boom = { eventType: "boom", target: "web-1" };
    {
      await using alerter = await here.startAlerter();
      await putWebhook(alerter, receiver.url);
      await putRule(alerter, eventRule({}, { thresholdCount: 3 }));
      await here.send(boom);
      await here.send(boom, { eventType: "quiet" });
      await eventually(async () => (await here.sql.execute("SELECT 1 FROM alert_messages", [])) === 2);
    }
    await here.send(boom);
    assert.equal(receiver.received.length, 0);
    await using _again = await here.startAlerter();
    await eventually(() => receiver.received.length === 1);
    assert.equal(receiver.received[0]?.body.alerts[0]?.labels["target"], "web-1");
  });

  test("a restart while it fires tells nobody twice, and it resolves", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    here.storage.set("queue_depth", 12);
    {
      await using alerter = await here.startAlerter();
      await putWebhook(alerter, receiver.url);
      await putRule(alerter, metricRule());
      await eventually(() => receiver.received.length === 1);
    }
    await using alerter = await here.startAlerter();
    const asked = here.storage.asked.length;
    await eventually(() => here.storage.asked.length >= asked + 3);
    assert.equal((await list(alerter)).length, 1);
    here.storage.set("queue_depth", 1);
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "resolved"],
    );
  });

  test("of two alerters one notifies, and when it stops the other goes on", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using first = await here.startAlerter();
    await using second = await here.startAlerter();
    await putWebhook(second, receiver.url);
    await putRule(second, metricRule());
    here.storage.set("queue_depth", 12);
    await eventually(() => receiver.received.length === 1);
    await first.stop();
    here.storage.set("queue_depth", 1);
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "resolved"],
    );
    await eventually(() => here.told.length === 2);
  });

  test("an outage of storage holds what is, and shows", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    const rule = await putRule(alerter, metricRule());
    here.storage.set("queue_depth", 12);
    await eventually(() => receiver.received.length === 1);
    here.storage.setUp(false);
    const error = async () => {
      const { rules } = await alerter.client.call("listRules", {}, ofTenant);
      return rules.find(({ ruleId }) => ruleId === rule.ruleId)?.lastError;
    };
    await eventually(async () => (await error()) === "cannot query: the database is away");
    assert.equal((await list(alerter))[0]?.state, AlertState.FIRING);
    here.storage.setUp(true);
    await eventually(async () => (await error()) === "");
    assert.equal(receiver.received.length, 1);
  });

  test("Postgres may go away and come back", async () => {
    await using server = await startPrivatePostgres();
    await using here = await createWorld({ postgresUrl: server.url, natsUrl: nats.url });
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    await putRule(alerter, metricRule());
    here.storage.set("queue_depth", 12);
    const [fired] = await listed(alerter, 1);
    await eventually(async () => {
      const { notifications } = await alerter.client.call("getAlert", { alertId: fired?.alertId ?? "" }, ofTenant);
      assert.equal(notifications.length, 1);
    });
    const restarting = server.restart();
    await eventually(() => fails(list(alerter), "unavailable"), { intervalMs: 1 });
    here.storage.set("queue_depth", 1);
    await restarting;
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "resolved"],
    );
  });
});
