import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import { createMaintenance } from "../silence/maintenance.ts";
import { createSilences } from "../silence/silences.ts";
import type { Decision } from "./decision.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";
import { configOf, ONE_RECEIVER } from "./testing/config.ts";

const config = configOf(ONE_RECEIVER);

const nowMs = Date.parse("2026-01-05T00:00:00Z");
const minute = 60_000;

function create(over: Partial<DispatcherOptions> = {}) {
  const decisions: Decision[] = [];
  const silences = createSilences({ maxSilences: 10, retentionMs: minute, newId: () => "s1" });
  const dispatcher = createDispatcher({
    config,
    silences,
    maintenance: createMaintenance({ maxWindows: 1 }),
    decide: (decision) => decisions.push(decision),
    maxAlerts: 3,
    maxGroups: 2,
    externalUrl: "",
    ...over,
  });
  return { dispatcher, decisions, silences };
}

function alert(alertname: string, host: string, endsAtMs = nowMs + 60 * minute) {
  return { labels: { alertname, host }, startsAtMs: nowMs, endsAtMs };
}

test("alerts that are right are taken beside those that are not", () => {
  const { dispatcher } = create();
  const refusals = dispatcher.put(
    [{ labels: {} }, alert("a", "x"), { ...alert("a", "y"), startsAtMs: nowMs + 90 * minute }],
    nowMs,
  );
  assert.deepEqual(refusals, [
    { index: 0, kind: "invalid", message: "cannot take alert 0: got no labels, want at least one that has a value" },
    {
      index: 2,
      kind: "invalid",
      message: "cannot take alert 2: got an end 1800000 ms before its start, want an end at or after the start",
    },
  ]);
  assert.equal(dispatcher.stats().alerts, 1);
});

test("alerts beyond the limit are dropped and counted, until others are over", () => {
  const { dispatcher, decisions } = create();
  const many = ["x", "y", "z"].map((host) => alert("a", host, nowMs + minute));
  assert.deepEqual(dispatcher.put(many, nowMs), []);
  assert.deepEqual(dispatcher.put([alert("a", "w")], nowMs), [
    { index: 0, kind: "full", message: "cannot take alert 0: got one more, want 3 at most" },
  ]);
  assert.equal(dispatcher.stats().droppedAlerts, 1);
  assert.deepEqual(
    decisions.filter(({ step }) => step === "dropped").map(({ fingerprints }) => fingerprints),
    [[fingerprintOf({ alertname: "a", host: "w" })]],
  );
  // What is there already is taken at any time.
  assert.deepEqual(dispatcher.put(many, nowMs), []);
  // What is resolved makes room, but not before it was told.
  const laterMs = nowMs + 2 * minute;
  assert.equal(dispatcher.put([alert("a", "w")], laterMs).length, 1);
  for (const flush of dispatcher.advance(laterMs)) dispatcher.delivered(flush, { nowMs: laterMs });
  assert.deepEqual(dispatcher.put([alert("a", "w")], laterMs + 1000), []);
});

// dispatch/dispatch_test.go, TestGroupsWithLimits.
test("groups beyond the limit are not made, and counted", () => {
  const { dispatcher, decisions } = create();
  dispatcher.put([alert("a", "x"), alert("b", "x"), alert("c", "x")], nowMs);
  assert.deepEqual([dispatcher.stats().groups, dispatcher.stats().droppedGroups], [2, 1]);
  assert.deepEqual(
    decisions.filter(({ step }) => step === "dropped").map(({ groupKey, reason }) => [groupKey, reason]),
    [['{}:{alertname="c"}', "there is no room for another group"]],
  );
  // It is counted whenever it is sent again, but told only when something happens to it.
  dispatcher.put([alert("c", "x")], nowMs);
  assert.equal(dispatcher.stats().droppedGroups, 2);
  assert.equal(decisions.filter(({ step }) => step === "dropped").length, 1);
});

test("what is over is forgotten", () => {
  const { dispatcher } = create();
  dispatcher.put([alert("a", "x", nowMs + 30_000)], nowMs);
  const tell = (atMs: number) => {
    for (const flush of dispatcher.advance(atMs)) dispatcher.delivered(flush, { nowMs: atMs });
  };
  tell(nowMs + 10_000);
  tell(nowMs + 70_000);
  assert.deepEqual([dispatcher.stats().alerts, dispatcher.stats().groups, dispatcher.stats().logEntries], [1, 0, 1]);
  dispatcher.changes();
  tell(nowMs + 60 * minute);
  assert.deepEqual([dispatcher.stats().alerts, dispatcher.stats().groups, dispatcher.stats().logEntries], [0, 0, 0]);
  const { alerts, log } = dispatcher.changes();
  assert.deepEqual([alerts.gone.length, log.gone.length], [1, 1]);
});

// notify/notify_test.go, TestReceiverData_PreservationWhenNotifierDoesNotUpdate and TestNflogStore_NoLeakBetweenNotificationSequences.
test("an integration finds again what it left at the notification before, unless it is the first again", () => {
  const { dispatcher } = create();
  const tell = (atMs: number, receiverData?: Record<string, string>) => {
    const [flush] = dispatcher.advance(atMs);
    assert.ok(flush !== undefined);
    dispatcher.delivered(flush, { nowMs: atMs, ...(receiverData === undefined ? {} : { receiverData }) });
    return [flush.notification.reason, flush.receiverData];
  };
  dispatcher.put([alert("a", "x")], nowMs);
  assert.deepEqual(tell(nowMs + 10_000, { thread: "1" }), ["first notification", {}]);
  dispatcher.put([alert("a", "y")], nowMs);
  assert.deepEqual(tell(nowMs + 70_000), ["new alerts added", { thread: "1" }]);
  dispatcher.put([alert("a", "x", nowMs + 80_000), alert("a", "y", nowMs + 80_000)], nowMs + 80_000);
  assert.deepEqual(tell(nowMs + 130_000), ["all alerts resolved", { thread: "1" }]);
  dispatcher.put([{ labels: { alertname: "a", host: "x" } }], nowMs + 140_000);
  assert.deepEqual(tell(nowMs + 150_000), ["first notification", {}]);
});

test("an alert says what hides it now", () => {
  const inhibiting = configOf(`
route: { receiver: default }
receivers: [ { name: default } ]
inhibit_rules:
- source_matchers: [ severity = critical ]
  target_matchers: [ severity = warning ]
  equal: [ host ]
`);
  const { dispatcher, silences } = create({ config: inhibiting });
  const [critical, warning] = ["critical", "warning"].map((severity) => ({ severity, host: "x" }));
  assert.ok(critical !== undefined && warning !== undefined);
  dispatcher.put([{ labels: critical }, { labels: warning }], nowMs);
  const matchers = [{ name: "host", operator: "=", value: "x" } as const];
  silences.set(
    { matchers, startsAtMs: nowMs + minute, endsAtMs: nowMs + 2 * minute, createdBy: "ada", comment: "c" },
    nowMs,
  );
  const status = (labels: Record<string, string>, atMs: number) => {
    const found = dispatcher.alert(fingerprintOf(labels), atMs);
    return [found?.state, found?.inhibitedBy, found?.silencedBy];
  };
  assert.deepEqual(status(critical, nowMs), ["active", [], []]);
  assert.deepEqual(status(warning, nowMs), ["suppressed", [fingerprintOf(critical)], []]);
  assert.deepEqual(status(critical, nowMs + minute), ["suppressed", [], ["s1"]]);
  assert.equal(dispatcher.alert("00", nowMs), undefined);
});

test("labels of routes are filled in for what is told", () => {
  const labelled = configOf(`
route: { receiver: default, group_wait: 0s, group_by: [alertname], labels: { owner: "{{ .CommonLabels.host }}", plain: p } }
receivers: [ { name: default, webhook_configs: [ { url: http://there/ } ] } ]
`);
  const fillRouteLabels: DispatchConfig["fillRouteLabels"] = (labels, { alerts }) => ({
    ...labels,
    owner: String(alerts.length),
  });
  const { dispatcher } = create({ config: { ...labelled, fillRouteLabels } });
  dispatcher.put([alert("a", "x"), alert("a", "y")], nowMs);
  const [flush] = dispatcher.advance(nowMs);
  assert.deepEqual(flush?.notification.routeLabels, { owner: "2", plain: "p" });
  assert.deepEqual(
    dispatcher.groups(nowMs).map(({ routeLabels }) => routeLabels),
    [{ owner: "2", plain: "p" }],
  );
});

test("what would have been resolved while nobody ran has time to be sent again", () => {
  const before = create().dispatcher;
  before.put([alert("a", "gone on", nowMs + 5 * minute), alert("a", "over", nowMs + minute)], nowMs);
  const [flush] = before.advance(nowMs + 10_000);
  assert.ok(flush !== undefined);
  before.delivered(flush, { nowMs: nowMs + 10_000 });
  const { dispatcher } = create();
  const backMs = nowMs + 20 * minute;
  dispatcher.restore(before.snapshot(), backMs, { sinceMs: nowMs + 2 * minute, graceMs: 2 * minute });
  const tell = (atMs: number) => {
    const told = dispatcher.advance(atMs);
    for (const one of told) dispatcher.delivered(one, { nowMs: atMs });
    return told.map(({ notification }) => [
      notification.reason,
      ...notification.alerts.map(({ labels, status }) => `${labels["host"]} ${status}`),
    ]);
  };
  assert.deepEqual(tell(backMs), [["some alerts resolved", "gone on firing", "over resolved"]]);
  // Its sender is gone too.
  assert.deepEqual(tell(backMs + 2 * minute), [["all alerts resolved", "gone on resolved"]]);
});

test("whose clock is an hour behind goes on all the same, and tells nothing twice", () => {
  const before = create().dispatcher;
  before.put([{ labels: { alertname: "a", host: "x" } }], nowMs);
  const [flush] = before.advance(nowMs + 10_000);
  assert.ok(flush !== undefined);
  before.delivered(flush, { nowMs: nowMs + 10_000 });
  const { dispatcher } = create();
  const backMs = nowMs - 60 * minute;
  dispatcher.restore(before.snapshot(), backMs);
  dispatcher.put([{ labels: { alertname: "a", host: "y" } }], backMs);
  const told: string[] = [];
  for (let atMs = backMs; atMs < backMs + 4 * minute; atMs += 10_000) {
    for (const one of dispatcher.advance(atMs)) {
      told.push(`${(atMs - backMs) / 1000}s ${one.notification.reason}`);
      dispatcher.delivered(one, { nowMs: atMs });
    }
  }
  assert.deepEqual(told, ["60s new alerts added"]);
});

test("only a dispatcher that knows nothing takes over from another one", () => {
  const { dispatcher } = create();
  dispatcher.put([alert("a", "x")], nowMs);
  assert.throws(() => dispatcher.restore(dispatcher.snapshot(), nowMs), { code: "failed_precondition" });
});
