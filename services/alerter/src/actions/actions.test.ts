// What people do to alerts, with a real Postgres: kept before it is answered, for alerts of rules and for those of others.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Action } from "@sightline/proto/sightline/alert/v1/action_service";
import { AlertState } from "@sightline/proto/sightline/alert/v1/alert_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { fails, list, putRule } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { alertGroups, end, post, routedAlerts, routeTo, toldOf } from "../testing/routed.ts";
import { eventRule } from "../testing/rules.ts";
import { type Alerter, createWorld, ofTenant, type World } from "../testing/world.ts";

type Verb = NonNullable<Action["verb"]>;

const HOUR_MS = 3_600_000;
const acknowledge: Verb = { $case: "acknowledge", value: {} };
const unacknowledge: Verb = { $case: "unacknowledge", value: {} };
const resolve: Verb = { $case: "resolve", value: {} };
const assignTo = (assignee: string): Verb => ({ $case: "assign", value: { assignee } });
const snoozeFor = (forMs: number): Verb => ({ $case: "snooze", value: { untilUnixMs: BigInt(Date.now() + forMs) } });

describe("what people do to alerts", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  const onAlert = (alerter: Alerter, of: { alertId: string } | { fingerprint: string }, verb: Verb, note = "") => {
    const alert =
      "alertId" in of
        ? { $case: "alertId" as const, value: of.alertId }
        : { $case: "fingerprint" as const, value: of.fingerprint };
    return alerter.actions.call("actOnAlert", { alert, action: { verb, note }, userId: "ann" }, ofTenant);
  };
  const onGroup = (alerter: Alerter, groupKey: string, verb: Verb, note = "") =>
    alerter.actions.call("actOnAlertGroup", { groupKey, action: { verb, note }, userId: "ann" }, ofTenant);

  const actions = ({ sql, tenant }: World) => {
    const row = z.object({ reason: z.string(), detail: z.string() });
    const text =
      "SELECT reason, detail FROM alert_decisions WHERE tenant = $1 AND step = 'action' ORDER BY decision_id";
    return sql.query(text, [tenant], row);
  };
  const down = { alertname: "Down", team: "a" };
  const fingerprint = fingerprintOf(down);
  const careOf = async (alerter: Alerter) =>
    (await routedAlerts(alerter)).find((one) => one.fingerprint === fingerprint)?.care;

  test("an alert of others is acknowledged, assigned and taken back, and who watches hears of it", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await routeTo(alerter, receiver, "300ms");
    await post(alerter, down);
    await eventually(() => receiver.received.length >= 1);
    const { alert, care, comesBack } = await onAlert(alerter, { fingerprint }, acknowledge, "on it");
    assert.deepEqual([alert, care?.acknowledgedBy, care?.note, comesBack], [undefined, "ann", "on it", ""]);
    const assigned = await onAlert(alerter, { fingerprint }, assignTo("bob"));
    assert.equal(assigned.care?.assignee, "bob");
    await eventually(async () => {
      const shown = await careOf(alerter);
      assert.deepEqual([shown?.acknowledgedBy, shown?.assignee], ["ann", "bob"]);
    });
    const quiet = receiver.received.length;
    await eventually(async () => {
      const text = "SELECT 1 FROM alert_decisions WHERE step = 'deduplicated' AND reason LIKE '%acknowledged%'";
      assert.ok((await here.sql.execute(text, [])) > 0);
    });
    assert.ok(receiver.received.length <= quiet + 1);
    await onAlert(alerter, { fingerprint }, unacknowledge);
    await eventually(() => receiver.received.length >= quiet + 2);
    assert.deepEqual((await careOf(alerter))?.acknowledgedBy, "");
    assert.deepEqual(await actions(here), [
      { reason: "somebody takes care of it", detail: "ann: on it" },
      { reason: "somebody shall see to it", detail: "ann to bob" },
      { reason: "nobody takes care of it any more", detail: "ann" },
    ]);
    await eventually(() => here.told.length === 3);
    assert.deepEqual(
      here.told.map(({ eventType, title }) => [eventType, title]),
      [
        ["alert_acknowledged", "Acknowledged: Down"],
        ["alert_assigned", "Assigned: Down"],
        ["alert_unacknowledged", "Unacknowledged: Down"],
      ],
    );
    await fails(onAlert(alerter, { fingerprint: "0".repeat(16) }, acknowledge), "not_found");
    await fails(onAlert(alerter, { fingerprint }, snoozeFor(-1)), "invalid_argument", /until/);
    await fails(onAlert(alerter, { fingerprint }, acknowledge, "x".repeat(5000)), "invalid_argument", /note/);
  });

  test("what is snoozed before it is told comes back by itself, also when another replica has taken over", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const first = await here.startAlerter();
    await routeTo(first, receiver);
    const other = { alertname: "Other", team: "a" };
    await post(first, other);
    await eventually(() => receiver.received.length === 1);
    await onGroup(first, '{}:{team="a"}', snoozeFor(8000), "after lunch");
    await post(first, down);
    await eventually(async () => assert.equal((await careOf(first))?.snoozedBy, "ann"));
    const [group] = await alertGroups(first);
    assert.equal(group?.care?.note, "after lunch");
    assert.equal(receiver.received.length, 1);
    await first.stop();
    await using second = await here.startAlerter();
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldOf(receiver)[1], ["new alerts added", ["firing Down", "firing Other"]]);
    assert.equal((await careOf(second))?.snoozedBy ?? "", "");
  });

  test("an alert of a rule is known by its id and by its fingerprint, and its state follows", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await routeTo(alerter, receiver);
    // What an event began is over when somebody says so: no evaluation finds it again.
    await putRule(alerter, eventRule({ labels: { team: "a" }, channels: [] }));
    await here.send({ eventType: "boom", target: "mail" });
    // A machine that is slow may be told the same twice.
    await eventually(() => receiver.received.length >= 1);
    const [alert] = await list(alerter);
    assert.ok(alert);
    const [routed] = await routedAlerts(alerter);
    assert.ok(routed);
    const byFingerprint = await onAlert(alerter, routed, acknowledge, "mine");
    assert.deepEqual(
      [byFingerprint.alert?.alertId, byFingerprint.alert?.state, byFingerprint.fingerprint],
      [alert.alertId, AlertState.ACKNOWLEDGED, routed.fingerprint],
    );
    await onAlert(alerter, alert, assignTo("bob"));
    await eventually(async () => {
      const [shown] = await list(alerter);
      assert.deepEqual(
        [shown?.acknowledgedBy, shown?.care?.acknowledgedBy, shown?.care?.assignee],
        ["ann", "ann", "bob"],
      );
    });
    // Who snoozes it does not take care of it now.
    const snoozed = await onAlert(alerter, alert, snoozeFor(HOUR_MS));
    assert.deepEqual([snoozed.alert?.state, snoozed.alert?.acknowledgedBy], [AlertState.FIRING, ""]);
    assert.equal(snoozed.alert?.firedAtUnixNano, alert.firedAtUnixNano);
    await eventually(async () => {
      const [shown] = await list(alerter);
      assert.deepEqual([shown?.care?.snoozedBy, shown?.care?.assignee], ["ann", "bob"]);
    });
    const resolved = await onAlert(alerter, alert, resolve, "done");
    assert.equal(resolved.alert?.state, AlertState.RESOLVED);
    assert.match(resolved.comesBack, /^it comes back with the next evaluation .* snooze or silence it\.$/);
    await eventually(() => receiver.received.at(-1)?.body.status === "resolved");
    await fails(onAlert(alerter, alert, acknowledge), "failed_precondition", /resolved/);
    await fails(onAlert(alerter, alert, assignTo("bob")), "failed_precondition", /resolved/);
    await fails(onAlert(alerter, { alertId: "nonsense" }, acknowledge), "not_found");
    await eventually(() => {
      const types = here.told.map(({ eventType }) => eventType);
      for (const type of [
        "alert_acknowledged",
        "alert_assigned",
        "alert_unacknowledged",
        "alert_snoozed",
        "alert_resolved",
      ]) {
        assert.ok(types.includes(type), `${type} of ${types}`);
      }
    });
  });

  test("a group is acknowledged with its alerts of rules, until something new fires in it, and resolved", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await routeTo(alerter, receiver);
    await putRule(alerter, eventRule({ labels: { team: "a" }, channels: [] }));
    await here.send({ eventType: "boom", target: "mail" });
    await post(alerter, down);
    const groupKey = '{}:{team="a"}';
    await eventually(async () => assert.equal((await routedAlerts(alerter)).length, 2));
    assert.equal((await onGroup(alerter, groupKey, acknowledge, "all mine")).alerts, 2);
    const [ofRule] = await list(alerter);
    assert.equal(ofRule?.state, AlertState.ACKNOWLEDGED);
    await eventually(async () => assert.equal((await alertGroups(alerter))[0]?.care?.acknowledgedBy, "ann"));
    assert.equal((await careOf(alerter))?.acknowledgedBy, "ann");
    await post(alerter, { alertname: "News", team: "a" });
    await eventually(async () => assert.equal((await alertGroups(alerter))[0]?.care, undefined));
    await onGroup(alerter, groupKey, unacknowledge);
    assert.equal((await list(alerter))[0]?.state, AlertState.FIRING);
    await eventually(() => receiver.received.length >= 1);
    const ended = await onGroup(alerter, groupKey, resolve);
    assert.ok(ended.alerts >= 2);
    assert.match(ended.comesBack, /of others, it comes back when its sender says again that it fires\./);
    await eventually(async () => assert.deepEqual(await routedAlerts(alerter), []));
    await eventually(() => receiver.received.at(-1)?.body.status === "resolved");
    assert.deepEqual(await list(alerter), []);
    await eventually(() => fails(onGroup(alerter, groupKey, resolve), "not_found"));
    await post(alerter, down);
    await eventually(() => receiver.received.at(-1)?.body.status === "firing");
    await end(alerter, down);
  });
});
