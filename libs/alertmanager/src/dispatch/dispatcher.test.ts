import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import type { Decision } from "./decision.ts";
import { configOf } from "./testing/config.ts";
import { playTimeLine } from "./testing/time-line.ts";

const one = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 10m
receivers:
- name: default
  webhook_configs:
  - url: http://there/
`;

const two = `${one}
  - url: http://elsewhere/
`;

function steps(decisions: readonly Decision[]): string[] {
  return decisions.map(({ step, reason, integration, ids, detail }) =>
    [
      step,
      ...(integration === undefined ? [] : [integration]),
      reason,
      ...(ids ?? []),
      ...(detail === undefined ? [] : [detail]),
    ].join(": "),
  );
}

test("a time line that is wrong fails, and says what came", () => {
  const lines = `
at 1s push {alertname=a}
between 12s 13s want default firing {alertname=a}`;
  assert.throws(
    () => playTimeLine({ config: configOf(one), lines }),
    /did not come:\n {2}between 12s 13s want .*\nwas not wanted:\n {2}at 11s default \(first notification\) firing \{alertname=a\}/,
  );
});

// dispatch/dispatch_test.go, TestAggrGroup.
test("a group waits, then tells at each interval all that it has, and ends when all is resolved", () => {
  const { dispatcher } = playTimeLine({
    config: configOf(`${one.replace("[alertname]", "[a, b]").replace("10m", "1s")}`),
    lines: `
at 0s push {a=v1, b=v2, c=v3} starts 0s ends 1h
between 10s 10s want default firing {a=v1, b=v2, c=v3}
at 11s push {a=v1, b=v2, c=v5} starts 11s ends 1h
between 70s 70s want default (new alerts added) firing {a=v1, b=v2, c=v3} and firing {a=v1, b=v2, c=v5}
between 130s 130s want default (repeat interval elapsed) firing {a=v1, b=v2, c=v3} and firing {a=v1, b=v2, c=v5}
at 140s push {a=v1, b=v2, c=v3} starts 0s ends 140s
between 190s 190s want default (some alerts resolved) resolved {a=v1, b=v2, c=v3} ends 140s and firing {a=v1, b=v2, c=v5}
at 200s push {a=v1, b=v2, c=v5} starts 11s ends 200s
between 250s 250s want default (all alerts resolved) resolved {a=v1, b=v2, c=v5} ends 200s`,
  });
  assert.equal(dispatcher.stats().groups, 0);
  assert.equal(dispatcher.nextDueMs(), undefined);
});

test("an alert that is older than the wait is told at once", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 20s push {alertname=a} starts 5s
between 20s 20s want default firing {alertname=a}
# As old as the wait is not older.
at 30s push {alertname=b} starts 20s
between 40s 40s want default firing {alertname=b}`,
  });
});

const tree = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  routes:
  - matchers: [ env = test ]
    receiver: test
    group_by: ['...']
  - matchers: [ env = prod ]
    receiver: prod
    continue: true
  - matchers: [ env = prod ]
    receiver: log
    group_by: [env]
receivers:
- name: default
  webhook_configs: [ { url: http://a/ } ]
- name: test
  webhook_configs: [ { url: http://b/ } ]
- name: prod
  webhook_configs: [ { url: http://c/ } ]
- name: log
  webhook_configs: [ { url: http://d/ } ]
`;

// dispatch/dispatch_test.go, TestGroups.
test("alerts are grouped as their routes say", () => {
  const { dispatcher, baseMs } = playTimeLine({
    config: configOf(tree),
    lines: `
at 0s push {alertname=a, host=x} and {alertname=a, host=y}
at 0s push {alertname=a, env=test} and {alertname=a, env=test, host="y z"}
at 0s push {alertname=a, env=prod} and {alertname=b, env=prod}
between 10s 10s want default firing {alertname=a, host=x} and firing {alertname=a, host=y}
between 10s 10s want test firing {alertname=a, env=test}
between 10s 10s want test firing {alertname=a, env=test, host="y z"}
between 10s 10s want prod firing {alertname=a, env=prod}
between 10s 10s want prod firing {alertname=b, env=prod}
between 10s 10s want log firing {alertname=a, env=prod} and firing {alertname=b, env=prod}`,
  });
  assert.deepEqual(
    dispatcher.groups(baseMs).map(({ groupKey, receiver, alerts }) => [receiver, groupKey, alerts.length]),
    [
      ["default", '{}:{alertname="a"}', 2],
      ["test", '{}/{env="test"}:{alertname="a", env="test"}', 1],
      ["test", '{}/{env="test"}:{alertname="a", env="test", host="y z"}', 1],
      ["prod", '{}/{env="prod"}:{alertname="a"}', 1],
      ["log", '{}/{env="prod"}:{env="prod"}', 2],
      ["prod", '{}/{env="prod"}:{alertname="b"}', 1],
    ],
  );
  const status = dispatcher.alert(fingerprintOf({ alertname: "b", env: "prod" }), baseMs);
  assert.deepEqual(status?.receivers, ["prod", "log"]);
  assert.deepEqual(status?.groupKeys, ['{}/{env="prod"}:{alertname="b"}', '{}/{env="prod"}:{env="prod"}']);
});

test("each decision about an alert is told, once", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
at 1s push {alertname=a} starts 0s ends 1h
at 5s push {alertname=a} starts 0s ends 1h note=v1
between 10s 10s want default firing {alertname=a} note=v1
at 90s silence {alertname=a} from 2m to 12m
between 12m10s 12m10s want default (repeat interval elapsed) firing {alertname=a} note=v1
at 13m push {alertname=a} starts 0s ends 13m note=v1
between 13m10s 13m10s want default resolved {alertname=a} note=v1`,
  });
  assert.deepEqual(steps(decisions), [
    "received: it is new",
    "grouped: its labels match the route: {}",
    "waiting: its group waits for more alerts",
    "merged: its start or its annotations are others now",
    "due: webhook[0]: first notification",
    "delivered: webhook[0]: first notification",
    "deduplicated: webhook[0]: told already, and the repeat interval has not passed",
    "silenced: a silence matches it: s1",
    "due: webhook[0]: repeat interval elapsed",
    "delivered: webhook[0]: repeat interval elapsed",
    "received: its sender said that it ended",
    "due: webhook[0]: all alerts resolved",
    "delivered: webhook[0]: all alerts resolved",
    "resolved: its sender said that it ended",
  ]);
  assert.ok(
    decisions.every(({ fingerprints }) => fingerprints.every((one) => one === fingerprintOf({ alertname: "a" }))),
  );
  assert.deepEqual(
    decisions.filter(({ step }) => step === "waiting").map(({ atMs, dueAtMs }) => (dueAtMs ?? 0) - atMs),
    [10_000],
  );
});

const officeHours = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  routes:
  - matchers: [ kind = active ]
    active_time_intervals: [office]
  - matchers: [ kind = mute ]
    mute_time_intervals: [office]
receivers:
- name: default
  webhook_configs: [ { url: http://there/ } ]
time_intervals:
- name: office
  time_intervals:
  - times: [ { start_time: "09:00", end_time: "17:00" } ]
    weekdays: [ "monday:friday" ]
    location: Europe/Berlin
`;

test("routes are silent outside their active times and in their mute times", () => {
  const { dispatcher, decisions, baseMs } = playTimeLine({
    config: configOf(officeHours),
    begins: "2026-01-05T07:30:00Z",
    lines: `
at 0s push {alertname=a, kind=active} starts 0s ends 9h and {alertname=b, kind=mute} starts 0s ends 9h
between 10s 10s want default firing {alertname=b, kind=mute}
# 09:00 in Berlin is 08:00 in UTC.
between 30m10s 30m10s want default (first notification) firing {alertname=a, kind=active}
at 1h push {alertname=c, kind=mute} starts 1h ends 9h
at 2h push {alertname=d} starts 2h ends 9h
between 2h10s 2h10s want default firing {alertname=d}`,
  });
  assert.deepEqual(
    steps(decisions).filter((text) => text.includes("time interval")),
    [
      "outside_active_times: none of the active time intervals of its route contains the time: office",
      "muted_by_time: a mute time interval of its route contains the time: office",
      "muted_by_time: a mute time interval of its route contains the time: office",
    ],
  );
  const groups = dispatcher.groups(baseMs + 2 * 3_600_000);
  const mutedBy = groups.map((group) => [group.labels["alertname"], group.mutedBy]);
  assert.deepEqual(Object.fromEntries(mutedBy), { a: [], b: ["office"], c: ["office"], d: [] });
});

test("what ends while it is hidden is not told, and is told when it fires again", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 1h and {alertname=a, host=y} starts 0s ends 1h
between 10s 10s want default firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 20s silence {host=x} from 20s to 5m
at 2m push {alertname=a, host=x} ends 2m
# Alertmanager holds it for told until the repeat interval is over.
at 6m push {alertname=a, host=x} starts 6m ends 1h
between 6m10s 6m10s want default (new alerts added) firing {alertname=a, host=x} starts 6m and firing {alertname=a, host=y}`,
  });
});

test("after a maintenance window what was hidden and still fires is told, what ended is not", () => {
  const { decisions, dispatcher, baseMs } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s window w1 {host=~"x|y"} from 0s to 5m
at 0s push {alertname=a, host=x} starts 0s ends 1h and {alertname=a, host=y} starts 0s ends 1h and {alertname=a, host=z} starts 0s ends 1h
between 10s 10s want default firing {alertname=a, host=z}
at 2m push {alertname=a, host=y} ends 2m
between 5m10s 5m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=z}`,
  });
  assert.equal(decisions.filter(({ step }) => step === "maintenance").length, 2);
  const fingerprint = fingerprintOf({ alertname: "a", host: "x" });
  assert.deepEqual(dispatcher.alert(fingerprint, baseMs)?.maintenanceBy, ["w1"]);
  assert.deepEqual(dispatcher.alert(fingerprint, baseMs)?.state, "suppressed");
});

test("a window that is closed early hides nothing any more", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s window w1 {host=x} from 0s to 1h
at 0s push {alertname=a, host=x} starts 0s ends 2h
at 5m close w1
between 5m10s 5m10s want default (first notification) firing {alertname=a, host=x}`,
  });
});

test("an acknowledged group does not repeat, however long, and is told when it is resolved", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 48h
between 10s 10s want default firing {alertname=a}
at 1m acknowledge {alertname=a}
# Far longer than the log would remember it.
at 24h push {alertname=a} ends 24h
between 24h10s 24h10s want default (all alerts resolved) resolved {alertname=a}
# It holds for the time that it was given for only.
at 25h push {alertname=a} starts 25h ends 26h
between 25h10s 25h10s want default (first notification) firing {alertname=a}
between 25h11m10s 25h11m10s want default (repeat interval elapsed) firing {alertname=a}
at 25h15m acknowledge group {}:{alertname="a"}
at 25h40m push {alertname=a} starts 25h ends 25h40m
between 25h40m10s 25h40m10s want default (all alerts resolved) resolved {alertname=a}`,
  });
});

test("a group repeats while one of its alerts is not acknowledged; new alerts are told", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 2h and {alertname=a, host=y} starts 0s ends 2h
between 10s 10s want default firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 1m acknowledge {alertname=a, host=x}
between 11m10s 11m10s want default (repeat interval elapsed) firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 12m acknowledge group {}:{alertname="a"}
at 30m push {alertname=a, host=z} starts 30m ends 2h
between 30m10s 30m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
at 50m push {alertname=a, host=z} starts 30m ends 50m
between 50m10s 50m10s want default (some alerts resolved) firing {alertname=a, host=x} and firing {alertname=a, host=y} and resolved {alertname=a, host=z}`,
  });
});

test("what is snoozed is told again when that is over, before it repeats", () => {
  playTimeLine({
    config: configOf(one.replace("10m", "4h")),
    lines: `
at 0s push {alertname=a} starts 0s ends 9h
between 10s 10s want default firing {alertname=a}
at 1m acknowledge {alertname=a} until 30m
between 30m10s 30m10s want default (repeat interval elapsed) firing {alertname=a}
# Once only; after that it repeats as ever.
at 3h push {alertname=a} starts 0s ends 3h
between 3h10s 3h10s want default resolved {alertname=a}`,
  });
});

test("what is snoozed before it was told is told when that is over", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 9h and {alertname=a, host=y} starts 0s ends 9h
at 5s acknowledge {alertname=a, host=x} until 3m
between 10s 10s want default (first notification) firing {alertname=a, host=y}
between 3m10s 3m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
});

test("nobody acknowledges what is not there", () => {
  const { dispatcher, baseMs } = playTimeLine({ config: configOf(one), lines: "" });
  const acknowledgement = { by: "ada", note: "", atMs: baseMs };
  assert.throws(() => dispatcher.acknowledge({ fingerprint: "00" }, acknowledgement), { code: "not_found" });
  assert.throws(() => dispatcher.acknowledge({ groupKey: "{}:{}" }, acknowledgement), { code: "not_found" });
  assert.equal(dispatcher.unacknowledge({ fingerprint: "00" }), false);
});

test("what was not delivered is due again when its group is next, with what is so then", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default fails
at 0s push {alertname=a, host=x} starts 0s ends 1h
at 20s push {alertname=a, host=y} starts 20s ends 1h
at 30s deliver default ok
between 70s 70s want default (first notification) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
  assert.deepEqual(
    steps(decisions).filter((text) => text.startsWith("failed")),
    ["failed: webhook[0]: it was not delivered: 500"],
  );
});

test("a resolved alert stays until everybody was told", () => {
  playTimeLine({
    config: configOf(two),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default[0] firing {alertname=a}
between 10s 10s want default[1] firing {alertname=a}
at 20s deliver default[1] fails
at 30s push {alertname=a} ends 30s
between 70s 70s want default[0] (all alerts resolved) resolved {alertname=a}
at 80s deliver default[1] ok
between 130s 130s want default[1] (all alerts resolved) resolved {alertname=a}`,
  });
});

test("a slow integration does not delay another one, nor is it told twice at a time", () => {
  const { decisions } = playTimeLine({
    config: configOf(two.replace("1m", "2s")),
    lines: `
at 0s deliver default[0] takes 5s
at 0s push {alertname=a, host=x} starts 0s ends 1h
between 15s 15s want default[0] firing {alertname=a, host=x}
between 10s 10s want default[1] firing {alertname=a, host=x}
at 11s push {alertname=a, host=y} starts 11s ends 1h
between 12s 12s want default[1] firing {alertname=a, host=x} and firing {alertname=a, host=y}
between 21s 21s want default[0] (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
  assert.ok(steps(decisions).includes("deduplicated: webhook[0]: the notification before is still being sent"));
});

test("what takes longer than there is time has failed and is sent again", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default takes 5m
at 0s push {alertname=a} starts 0s ends 1h
at 60s deliver default ok
between 70s 70s want default (first notification) firing {alertname=a}`,
  });
});

test("where one was killed another one goes on: at the same times, and nothing is told twice", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
at 5s kill
between 10s 10s want default firing {alertname=a}
at 30s kill
at 40s push {alertname=a} starts 0s ends 40s
at 50s kill
between 70s 70s want default resolved {alertname=a}
at 80s kill`,
  });
});

test("what nobody knows to be delivered is sent once more after a failover, at once", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default unheard
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default (first notification) firing {alertname=a}
at 12s deliver default ok
at 12s kill
between 12s 12s want default (first notification) firing {alertname=a}
at 20s kill
at 5m push {alertname=b}
between 5m10s 5m10s want default firing {alertname=b}`,
  });
});

const moved = one.replace("[alertname]", "[host]");

test("a reload keeps what stays and makes anew what does not", () => {
  playTimeLine({
    config: configOf(one),
    configs: { slower: configOf(one.replace("1m", "10m")), moved: configOf(moved) },
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=x}
# The timer that runs is kept, the interval is another one after that.
at 20s reload slower
at 30s push {alertname=a, host=y} starts 30s ends 9h
between 70s 70s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 80s push {alertname=a, host=z} starts 80s ends 9h
between 11m10s 11m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
# Other groups are other groups: old alerts are told at once.
at 12m reload moved
between 12m 12m want default (first notification) firing {alertname=a, host=x}
between 12m 12m want default (first notification) firing {alertname=a, host=y}
between 12m 12m want default (first notification) firing {alertname=a, host=z}`,
  });
});

test("what is being sent while the configuration changes counts, unless its receiver is no more", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    configs: { other: configOf(one.replaceAll("default", "other")) },
    lines: `
at 0s deliver default takes 5s
at 0s push {alertname=a} starts 0s ends 1h
at 12s reload
between 15s 15s want default (first notification) firing {alertname=a}
at 60s push {alertname=b} starts 60s ends 1h
at 72s reload other
between 72s 72s want other (first notification) firing {alertname=a}
between 72s 72s want other (first notification) firing {alertname=b}`,
  });
  assert.deepEqual(
    steps(decisions).filter((text) => text.startsWith("failed")),
    ["failed: webhook[0]: it was not delivered: its route or its receiver is no more"],
  );
});

test("an alert that fires again while its end is being told stays, and is told", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default firing {alertname=a} starts 0s
at 20s deliver default takes 5s
at 30s push {alertname=a} starts 0s ends 30s
at 72s push {alertname=a} starts 72s ends 1h
between 75s 75s want default (all alerts resolved) resolved {alertname=a} starts 0s
between 135s 135s want default (first notification) firing {alertname=a} starts 72s`,
  });
});
