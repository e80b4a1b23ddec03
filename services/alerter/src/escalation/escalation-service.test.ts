// Escalations with whole alerters: from an alert that is sent, by a receiver that has a policy, to people, and back when they acknowledge.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ListEscalationsRequest } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { Contacts, EscalationPolicy, type EscalationStep } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { json, startLoopback } from "../channels/testing/loopback.ts";
import { fails, listed, putRule } from "../testing/calls.ts";
import { type Receiver, startReceiver } from "../testing/receiver.ts";
import { end, post } from "../testing/routed.ts";
import { eventRule } from "../testing/rules.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";
import { incidents, step } from "./testing/time-line.ts";

const down = { alertname: "Down", team: "a", severity: "critical" };
const groupKey = '{}:{team="a"}';
const ann = { $case: "user", value: "ann" } as const;

const configuration = (url: string, sightline = "escalation: payments", more = "") => `
route:
  receiver: payments
  group_by: [team]
  group_wait: 50ms
  group_interval: 200ms
receivers:
  - name: payments
    sightline: { ${sightline} }
${more}
  - name: ann-pager
    webhook_configs: [{ url: "${url}" }]
  - name: incidents
    webhook_configs: [{ url: "${url}" }]
`;

describe("the escalation service", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  async function putPolicy(alerter: Alerter, ...steps: EscalationStep[]): Promise<void> {
    const policy = EscalationPolicy.fromPartial({ name: "payments", steps });
    await alerter.oncall.call("putEscalationPolicy", { policy, revision: 0, userId: "test" }, ofTenant);
    const contacts = Contacts.fromPartial({ user: "ann", timeZone: "UTC", methods: [{ receiver: "ann-pager" }] });
    await alerter.oncall.call("putContacts", { contacts, revision: 0, userId: "test" }, ofTenant);
  }

  async function configure(alerter: Alerter, source: string): Promise<void> {
    await alerter.alertmanager.call(
      "putConfiguration",
      { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false },
      ofTenant,
    );
  }

  const open = async (alerter: Alerter) =>
    (await alerter.escalations.call("listEscalations", ListEscalationsRequest.fromPartial({}), ofTenant)).escalations;
  const toldBy = ({ received }: Receiver) => received.map(({ body }) => `${body.receiver} ${body.status}`);

  test("an alert escalates until somebody acknowledges its group, which those hear of who know what that is", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using pagerduty = await startLoopback(json(202, { status: "success" }));
    await using alerter = await here.startAlerter();
    await putPolicy(
      alerter,
      step([ann, { $case: "receiver", value: "duty" }]),
      step([incidents], { delaySeconds: 600 }),
    );
    const duty = `  - { name: duty, pagerduty_configs: [{ routing_key: k, url: "${pagerduty.url}" }] }`;
    await configure(alerter, configuration(receiver.url, "escalation: payments", duty));
    await post(alerter, down);
    await eventually(() => receiver.received.length === 1 && pagerduty.received.length === 1);
    const [escalation] = await open(alerter);
    assert.deepEqual(
      [escalation?.receiver, escalation?.groupKey, escalation?.status, escalation?.nextStep],
      ["payments", groupKey, 1, 2],
    );
    const fingerprint = receiver.received[0]?.body.alerts[0]?.fingerprint ?? "";
    const explained = {
      ...{ alert: { $case: "fingerprint" as const, value: fingerprint } },
      ...{ startUnixMs: 0n, endUnixMs: 0n },
    };
    const story = async () => {
      const { decisions } = await alerter.alertmanager.call("explainAlert", explained, ofTenant);
      return decisions.filter(({ step: at }) => at === "escalation").map(({ reason }) => reason);
    };
    // Before that it is not known that they were told, and they need not be any more.
    await eventually(async () => {
      assert.equal((await story()).filter((reason) => reason === "a contact was told").length, 2);
    });
    const verb = { $case: "acknowledge" as const, value: {} };
    const action = { verb, note: "mine" };
    await alerter.actions.call("actOnAlertGroup", { groupKey, action, userId: "ann" }, ofTenant);
    const [taken] = await open(alerter);
    assert.deepEqual([taken?.status, taken?.assignee, taken?.dueAtUnixMs], [2, "ann", 0n]);
    const events = () => pagerduty.received.map(({ body }) => JSON.parse(body).event_action);
    await eventually(() => assert.deepEqual(events(), ["trigger", "acknowledge"]));
    await end(alerter, down);
    await eventually(async () => assert.deepEqual(await open(alerter), []));
    await eventually(() => assert.deepEqual(events(), ["trigger", "acknowledge", "resolve"]));
    await eventually(() => assert.deepEqual(toldBy(receiver), ["ann-pager firing", "ann-pager resolved"]));
    await eventually(async () => {
      assert.deepEqual(await story(), [
        "an escalation began",
        ...["somebody is told", "somebody is told"],
        ...["a contact was told", "a contact was told"],
        "somebody takes care of it",
        "a contact was told",
        "the escalation is over",
        ...["a contact was told", "a contact was told"],
      ]);
    });
  });

  test("an alert of a rule that somebody acknowledges escalates no further from that moment, by whichever call", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putPolicy(alerter, step([ann]), step([incidents], { delaySeconds: 600 }));
    await configure(alerter, configuration(receiver.url));
    await putRule(alerter, eventRule({ labels: { team: "a" }, channels: [] }));
    await here.send({ eventType: "boom" });
    await eventually(() => receiver.received.length === 1);
    const [alert] = await listed(alerter, 1);
    assert.ok(alert);
    const { alertId } = alert;
    await alerter.client.call("acknowledgeAlert", { alertId, userId: "ann", note: "mine" }, ofTenant);
    const [taken] = await open(alerter);
    assert.deepEqual([taken?.status, taken?.assignee, taken?.dueAtUnixMs], [2, "ann", 0n]);
    const of = { alert: { $case: "alertId", value: alertId }, userId: "ann" } as const;
    const back = { verb: { $case: "unacknowledge", value: {} }, note: "" } as const;
    await alerter.actions.call("actOnAlert", { ...of, action: back }, ofTenant);
    const [again] = await open(alerter);
    assert.deepEqual([again?.status, again?.dueAtUnixMs === 0n], [1, false]);
    const snooze = {
      verb: { $case: "snooze", value: { untilUnixMs: BigInt(Date.now() + 3_600_000) } },
      note: "",
    } as const;
    await alerter.actions.call("actOnAlert", { ...of, action: snooze }, ofTenant);
    // Who takes care after all ends the snooze.
    await alerter.client.call("acknowledgeAlert", { alertId, userId: "ann", note: "" }, ofTenant);
    await eventually(async () => {
      const [shown] = await listed(alerter, 1);
      assert.deepEqual([shown?.care?.acknowledgedBy, shown?.care?.snoozedBy], ["ann", ""]);
    });
  });

  test("acknowledged here, the group is acknowledged; another replica goes on with the steps", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using first = await here.startAlerter();
    await putPolicy(first, step([ann]), step([incidents], { delaySeconds: 1 }), step([ann], { delaySeconds: 600 }));
    await configure(first, configuration(receiver.url));
    await post(first, down);
    await eventually(() => receiver.received.length === 1);
    await first.stop();
    await using second = await here.startAlerter();
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldBy(receiver), ["ann-pager firing", "incidents firing"]);
    const [escalation] = await open(second);
    const doing = { escalationId: escalation?.escalationId ?? "", note: "", userId: "eve" };
    await second.escalations.call("acknowledgeEscalation", doing, ofTenant);
    await eventually(async () => {
      const text = "SELECT 1 FROM escalations WHERE care_confirmed AND state ->> 'assignee' = 'eve'";
      assert.equal(await here.sql.execute(text, []), 1);
    });
    const { timeline } = await second.escalations.call("getEscalation", doing, ofTenant);
    assert.equal(timeline.filter(({ reason }) => reason === "somebody takes care of it").length, 1);
    await second.escalations.call("resumeEscalation", doing, ofTenant);
    await eventually(() => receiver.received.length === 3);
    assert.deepEqual(await open(second).then(([one]) => one?.status), 1);
  });

  test("what names another is there: policies that receivers name, receivers' policies", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const source = configuration("http://127.0.0.1:1/");
    await fails(
      configure(alerter, source),
      "invalid_argument",
      /9:30: undefined escalation policy "payments" used in receiver/,
    );
    await putPolicy(alerter, step([incidents]));
    await fails(
      configure(alerter, configuration("http://127.0.0.1:1/", "escalate: payments")),
      "invalid_argument",
      /not found in sightline/,
    );
    await configure(alerter, source);
    const deletion = alerter.oncall.call("deleteEscalationPolicy", { name: "payments", userId: "ann" }, ofTenant);
    await fails(deletion, "failed_precondition", /these receivers escalate by it: payments/);
    const { source: shown, plainSource } = await alerter.alertmanager.call("getConfiguration", {}, ofTenant);
    assert.match(shown, /sightline: \{ escalation: payments \}/);
    assert.doesNotMatch(plainSource, /sightline|escalation/);
    await fails(
      alerter.escalations.call("getEscalation", { escalationId: "x" }, ofTenant),
      "not_found",
      /it is no escalation's id/,
    );
  });
});
