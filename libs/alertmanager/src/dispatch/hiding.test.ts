import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { describeDecisions } from "./testing/describe-decisions.ts";
import { playTimeLine } from "./testing/time-line.ts";

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
    describeDecisions(decisions).filter((text) => text.includes("time interval")),
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

test("what hides an alert can be asked before it comes in", () => {
  const { dispatcher, baseMs } = playTimeLine({
    config: configOf(`${one}
inhibit_rules:
- { source_matchers: [ alertname = b ], target_matchers: [ alertname = a ], equal: [host] }`),
    lines: `
at 0s window w1 {host=x} from 0s to 5m
at 0s silence {host=y} from 0s to 5m
at 1m push {alertname=b, host=z} starts 0s ends 5m
between 1m 1m want default firing {alertname=b, host=z}`,
  });
  const hiding = (host: string, minute: number) => {
    const labels = { alertname: "a", host };
    return dispatcher.hiding({ fingerprint: fingerprintOf(labels), labels }, baseMs + minute * 60_000);
  };
  const reasons = ["x", "y", "z", "other"].map((host) => hiding(host, 2)?.reason);
  assert.deepEqual(reasons, [
    "a maintenance window matches it",
    "a silence matches it",
    "another alert that fires inhibits it",
    undefined,
  ]);
  assert.deepEqual(hiding("x", 2), { step: "maintenance", reason: reasons[0], ids: ["w1"] });
  for (const host of ["x", "y", "z"]) assert.equal(hiding(host, 6), undefined);
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
# Nobody took care of the one that is new.
between 41m10s 41m10s want default (repeat interval elapsed) firing {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
at 42m acknowledge group {}:{alertname="a"}
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
  assert.equal(dispatcher.unacknowledge({ fingerprint: "00" }, { by: "ada", note: "", atMs: baseMs }), false);
});
