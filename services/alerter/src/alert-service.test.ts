import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AlertState, type Channel, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { DEFAULT_RULES } from "./rules/default-rules.ts";
import { fails, list, listed, putConsole, putRule, putWebhook } from "./testing/calls.ts";
import { startReceiver } from "./testing/receiver.ts";
import { eventRule, metricRule } from "./testing/rules.ts";
import { type Alerter, createWorld, ofTenant } from "./testing/world.ts";

describe("the alert service", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  test("people acknowledge and resolve", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    await putRule(alerter, eventRule());
    await here.send({ eventType: "boom", target: "web-1" });
    const [fired] = await listed(alerter, 1);
    assert.ok(fired);
    const byAda = { alertId: fired.alertId, userId: "ada", note: "on it" };
    await fails(
      alerter.client.call("acknowledgeAlert", { ...byAda, userId: "" }, ofTenant),
      "invalid_argument",
      /user_id/,
    );
    const { alert: taken } = await alerter.client.call("acknowledgeAlert", byAda, ofTenant);
    assert.deepEqual([taken?.state, taken?.acknowledgedBy], [AlertState.ACKNOWLEDGED, "ada"]);
    await alerter.client.call("acknowledgeAlert", { ...byAda, userId: "bob" }, ofTenant);
    const { alert: over } = await alerter.client.call("resolveAlert", { ...byAda, note: "fixed" }, ofTenant);
    assert.deepEqual([over?.state, over?.acknowledgedBy, over?.resolvedBy], [AlertState.RESOLVED, "ada", "ada"]);
    await fails(alerter.client.call("acknowledgeAlert", byAda, ofTenant), "failed_precondition", /it is resolved/);
    await fails(alerter.client.call("resolveAlert", byAda, ofTenant), "failed_precondition", /it is resolved/);
    const { history } = await alerter.client.call("getAlert", { alertId: fired.alertId }, ofTenant);
    assert.deepEqual(
      history.map(({ toState, actor, note }) => [toState, actor, note]),
      [
        [AlertState.FIRING, "rule", "boom"],
        [AlertState.ACKNOWLEDGED, "ada", "on it"],
        [AlertState.RESOLVED, "ada", "fixed"],
      ],
    );
    await eventually(() => receiver.received.length === 2);
    await eventually(() => here.told.length === 4);
    assert.deepEqual(here.told.map(({ eventType }) => eventType).sort(), [
      ...["alert_acknowledged", "alert_acknowledged"],
      "alert_firing",
      "alert_resolved",
    ]);
    await fails(
      alerter.client.call("getAlert", { alertId: crypto.randomUUID() }, ofTenant),
      "not_found",
      /none of that id/,
    );
    await fails(alerter.client.call("getAlert", { alertId: "1" }, ofTenant), "not_found", /no alert's id/);
  });

  test("alerts are listed by state and by time", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    await putConsole(alerter, "hook");
    const start = BigInt(Date.now()) * 1_000_000n;
    await putRule(alerter, eventRule());
    await here.send({ eventType: "boom", target: "a" }, { eventType: "boom", target: "b" });
    const firing = await listed(alerter, 2);
    const [a] = firing.filter(({ labels }) => labels["target"] === "a");
    await alerter.client.call("resolveAlert", { alertId: a?.alertId ?? "", userId: "ada", note: "" }, ofTenant);
    const targets = async (request: Partial<ListAlertsRequest>) =>
      (await list(alerter, request)).map(({ labels }) => labels["target"]).sort();
    assert.deepEqual(await targets({}), ["b"]);
    assert.deepEqual(await targets({ states: [AlertState.RESOLVED] }), ["a"]);
    assert.deepEqual(await targets({ startUnixNano: start }), ["a", "b"]);
    assert.deepEqual(await targets({ endUnixNano: start }), []);
    assert.deepEqual(await targets({ states: [AlertState.RESOLVED], startUnixNano: start }), ["a"]);
    assert.equal((await list(alerter, { startUnixNano: start, limit: 1 })).length, 1);
    assert.deepEqual(await targets({ ruleIds: [a?.ruleId ?? "", crypto.randomUUID()] }), ["b"]);
    assert.deepEqual(await targets({ ruleIds: [crypto.randomUUID()] }), []);
    await fails(list(alerter, { ruleIds: ["1"] }), "invalid_argument", /1/);
    const { totalActiveAlerts } = await alerter.client.call("listAlerts", ListAlertsRequest.fromPartial({}), ofTenant);
    assert.equal(totalActiveAlerts, 1);
    await fails(list(alerter, { limit: 1001 }), "invalid_argument", /limit: got 1001, want 1 to 1000/);
  });

  test("a rule that is disabled, deleted or becomes another kind ends its alerts", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    await putConsole(alerter, "hook");
    here.storage.set("queue_depth", 12);
    const rule = await putRule(alerter, metricRule());
    await listed(alerter, 1);
    await putRule(alerter, { ...rule, enabled: false });
    await listed(alerter, 0);
    await putRule(alerter, rule);
    await listed(alerter, 1);
    await putRule(alerter, { ...eventRule({ ruleId: rule.ruleId }) });
    await listed(alerter, 0);
    await putRule(alerter, rule);
    await listed(alerter, 1);
    await alerter.client.call("deleteRule", { ruleId: rule.ruleId }, ofTenant);
    await listed(alerter, 0);
    await fails(alerter.client.call("deleteRule", { ruleId: rule.ruleId }, ofTenant), "not_found", /none of that id/);
  });

  test("rules that cannot work are refused", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    await putConsole(alerter, "hook");
    await putRule(alerter, metricRule());
    await fails(putRule(alerter, metricRule()), "already_exists", /another rule is called Deep queue/);
    await fails(putRule(alerter, eventRule({ channels: ["pager"] })), "invalid_argument", /the unknown channel pager/);
    await fails(putRule(alerter, eventRule({}, { expression: "boom" })), "invalid_argument", /the unknown name boom/);
    await fails(putRule(alerter, eventRule({ ruleId: crypto.randomUUID() })), "not_found", /none of that id/);
    await fails(
      alerter.client.call("putRule", { rule: undefined }, ofTenant),
      "invalid_argument",
      /got none, want rule/,
    );
  });

  test("channels: kept with their secret, shown without, tried, and not deleted while in use", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url, { bearerToken: "s3cret" });
    const shown = await putWebhook(alerter, receiver.url, { bearerToken: "", timeoutMs: 700 });
    assert.deepEqual(
      shown?.kind?.$case === "webhook" && [shown.kind.value.bearerToken, shown.kind.value.hasBearerToken],
      ["", true],
    );
    const tried = await alerter.client.call("testChannel", { name: "hook" }, ofTenant);
    assert.deepEqual(tried, { delivered: true, outcome: "200 ok" });
    assert.equal(receiver.received[0]?.headers.authorization, "Bearer s3cret");
    await fails(alerter.client.call("testChannel", { name: "nobody" }, ofTenant), "not_found", /none of that name/);
    const rule = await putRule(alerter, eventRule());
    await fails(alerter.client.call("deleteChannel", { name: "hook" }, ofTenant), "failed_precondition", /: Boom$/);
    await alerter.client.call("deleteRule", { ruleId: rule.ruleId }, ofTenant);
    await alerter.client.call("deleteChannel", { name: "hook" }, ofTenant);
    const { channels } = await alerter.client.call("listChannels", {}, ofTenant);
    assert.ok(channels.every(({ name }) => name !== "hook"));
    await fails(putWebhook(alerter, "ftp://example.com"), "invalid_argument", /want http: or https:/);
    const nameless: Channel = { name: "", kind: { $case: "console", value: {} } };
    await fails(alerter.client.call("putChannel", { channel: nameless }, ofTenant), "invalid_argument", /name: got ""/);
  });

  test("receivers in private networks are refused unless the operator allows them", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter({ allowPrivateReceivers: false });
    await putWebhook(alerter, receiver.url);
    const { delivered, outcome } = await alerter.client.call("testChannel", { name: "hook" }, ofTenant);
    assert.equal(delivered, false);
    assert.match(outcome, /^cannot connect to 127\.0\.0\.1/);
    assert.equal(receiver.received.length, 0);
  });

  test("a tenant is given the default rules once", async () => {
    await using here = await world();
    const names = async (alerter: Alerter) =>
      (await alerter.client.call("listRules", {}, ofTenant)).rules.map(({ name }) => name);
    const wanted = DEFAULT_RULES.map(({ name }) => name).sort();
    {
      await using alerter = await here.startAlerter();
      await eventually(async () => assert.deepEqual((await names(alerter)).sort(), wanted));
      const { rules } = await alerter.client.call("listRules", {}, ofTenant);
      for (const { ruleId } of rules) await alerter.client.call("deleteRule", { ruleId }, ofTenant);
    }
    await using alerter = await here.startAlerter();
    await putConsole(alerter, "hook");
    await putRule(alerter, metricRule());
    await eventually(() => here.storage.asked.some(({ tenant }) => tenant === here.tenant));
    assert.deepEqual(await names(alerter), ["Deep queue"]);
  });

  test("tenants do not see each other, and nobody gets in without the token", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    await putConsole(alerter, "hook");
    const rule = await putRule(alerter, eventRule());
    await here.send({ eventType: "boom" });
    const [alert] = await listed(alerter, 1);
    const ofOther = { tenant: "other" };
    const byEve = { alertId: alert?.alertId ?? "", userId: "eve", note: "" };
    await fails(alerter.client.call("getAlert", byEve, ofOther), "not_found");
    await fails(alerter.client.call("resolveAlert", byEve, ofOther), "not_found");
    await fails(alerter.client.call("deleteRule", { ruleId: rule.ruleId }, ofOther), "not_found");
    await fails(alerter.client.call("deleteChannel", { name: "hook" }, ofOther), "not_found");
    const { alerts } = await alerter.client.call("listAlerts", ListAlertsRequest.fromPartial({}), ofOther);
    assert.deepEqual(alerts, []);
    await fails(alerter.stranger.call("listRules", {}, ofTenant), "unauthenticated");
    await fails(alerter.client.call("listRules", {}), "invalid_argument", /sightline-tenant/);
    assert.deepEqual(await alerter.notReady(), []);
  });
});
