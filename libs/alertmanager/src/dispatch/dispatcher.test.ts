import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { describeDecisions } from "./testing/describe-decisions.ts";
import { playTimeLine } from "./testing/time-line.ts";

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

test("an alert that is over when it comes in never began to fire", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 0s
at 20m push {alertname=b} starts 20m ends 2h
between 20m10s 20m10s want default firing {alertname=b}
at 30m push {alertname=a} starts 0s ends 0s`,
  });
  const received = decisions.filter(({ step }) => step === "received").map(({ reason }) => reason);
  const over = "its sender says that it is over already";
  assert.deepEqual(received, [over, "it is new", over]);
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
  assert.deepEqual(describeDecisions(decisions), [
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
