// Alertmanager's own cases (Apache-2.0): dispatch/route_test.go of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadConfig } from "../config/config.ts";
import type { Labels } from "../notification.ts";
import { eachVerdict, explainRoutes, takingPaths, takingRoutes, verdictSentence } from "./explain.ts";
import { groupKeyOf, groupLabelsOf } from "./group-key.ts";
import { createRouteTree, DEFAULT_ROUTE_OPTIONS, eachRoute, matchRoutes, type Route } from "./route.ts";

/** The tree below a root route, written as in a configuration. */
function treeOf(routes: string, root = "receiver: notify-def"): Route {
  const names = new Set([...`${root}\n${routes}`.matchAll(/receiver: ['"]?([\w-]+)/g)].map(([, name]) => name));
  const receivers = [...names].map((name) => `- name: ${name}`).join("\n");
  const indented = `${root}\n${routes}`.replace(/^/gm, "  ");
  return createRouteTree(loadConfig(`route:\n${indented}\nreceivers:\n${receivers}\n`).route);
}

const oldForm = `
routes:
- match:
    owner: 'team-A'
  receiver: 'notify-A'
  routes:
  - match:
      env: 'testing'
    receiver: 'notify-testing'
    group_by: [...]
  - match:
      env: "production"
    receiver: 'notify-productionA'
    group_wait: 1m
    continue: true
  - match_re:
      env: "produ.*"
      job: ".*"
    receiver: 'notify-productionB'
    group_wait: 30s
    group_interval: 5m
    repeat_interval: 1h
    group_by: ['job']
- match_re:
    owner: 'team-(B|C)'
  group_by: ['foo', 'bar']
  group_wait: 2m
  receiver: 'notify-BC'
- match:
    group_by: 'role'
  group_by: ['role']
  routes:
  - match:
      env: 'testing'
    receiver: 'notify-testing'
    routes:
    - match:
        wait: 'long'
      group_wait: 2m
`;

const newForm = `
routes:
- matchers: ['{owner="team-A"}', '{level!="critical"}']
  receiver: 'notify-A'
  routes:
  - matchers: ['{env="testing"}', '{baz!~".*quux"}']
    receiver: 'notify-testing'
    group_by: [...]
  - matchers: ['{env="production"}']
    receiver: 'notify-productionA'
    group_wait: 1m
    continue: true
  - matchers: [ env=~"produ.*", job=~".*"]
    receiver: 'notify-productionB'
    group_wait: 30s
    group_interval: 5m
    repeat_interval: 1h
    group_by: ['job']
- matchers: [owner=~"team-(B|C)"]
  group_by: ['foo', 'bar']
  group_wait: 2m
  receiver: 'notify-BC'
- matchers: [group_by="role"]
  group_by: ['role']
  routes:
  - matchers: ['{env="testing"}']
    receiver: 'notify-testing'
    routes:
    - matchers: [wait="long"]
      group_wait: 2m
`;

/** Both in one tree. */
const mixedForm = newForm
  .replace(`matchers: ['{env="production"}']`, `match: {env: production}`)
  .replace(`matchers: [owner=~"team-(B|C)"]`, `match_re: {owner: 'team-(B|C)'}`);

interface Want {
  readonly receiver: string;
  readonly groupBy?: readonly string[];
  readonly groupByAll?: boolean;
  readonly groupWaitMs?: number;
  readonly repeatIntervalMs?: number;
}

const minuteMs = 60_000;
const cases: [labels: Labels, want: Want[], keys: Record<"old" | "new" | "mixed", string[]>][] = [
  [{ owner: "team-A" }, [{ receiver: "notify-A" }], keysOf(["{owner}"])],
  [{ owner: "team-A", env: "unset" }, [{ receiver: "notify-A" }], keysOf(["{owner}"])],
  [
    { owner: "team-C" },
    [{ receiver: "notify-BC", groupBy: ["foo", "bar"], groupWaitMs: 2 * minuteMs }],
    {
      old: ['{}/{owner=~"^(?:team-(B|C))$"}'],
      new: ['{}/{owner=~"team-(B|C)"}'],
      mixed: ['{}/{owner=~"^(?:team-(B|C))$"}'],
    },
  ],
  [
    { owner: "team-A", env: "testing" },
    [{ receiver: "notify-testing", groupByAll: true }],
    {
      ...keysOf(['{owner}/{baz!~".*quux",env="testing"}']),
      old: ['{}/{owner="team-A"}/{env="testing"}'],
    },
  ],
  [
    { owner: "team-A", env: "production" },
    [
      { receiver: "notify-productionA", groupWaitMs: minuteMs },
      { receiver: "notify-productionB", groupBy: ["job"], repeatIntervalMs: 60 * minuteMs },
    ],
    {
      ...keysOf(['{owner}/{env="production"}', '{owner}/{env=~"produ.*",job=~".*"}']),
      old: ['{}/{owner="team-A"}/{env="production"}', '{}/{owner="team-A"}/{env=~"^(?:produ.*)$",job=~"^(?:.*)$"}'],
    },
  ],
  [{ group_by: "role" }, [{ receiver: "notify-def", groupBy: ["role"] }], keysOf(['{group_by="role"}'])],
  [
    { env: "testing", group_by: "role" },
    [{ receiver: "notify-testing", groupBy: ["role"] }],
    keysOf(['{group_by="role"}/{env="testing"}']),
  ],
  [
    { env: "testing", group_by: "role", wait: "long" },
    [{ receiver: "notify-testing", groupBy: ["role"], groupWaitMs: 2 * minuteMs }],
    keysOf(['{group_by="role"}/{env="testing"}/{wait="long"}']),
  ],
];

function keysOf(written: string[]): Record<"old" | "new" | "mixed", string[]> {
  const below = (owner: string) => written.map((key) => `{}/${key.replace("{owner}", owner)}`);
  const withLevel = below('{level!="critical",owner="team-A"}');
  return { old: below('{owner="team-A"}'), new: withLevel, mixed: withLevel };
}

describe("a route tree", () => {
  for (const [form, routes] of [["old", oldForm] as const, ["new", newForm] as const, ["mixed", mixedForm] as const]) {
    const tree = treeOf(routes);
    for (const [labels, want, keys] of cases) {
      it(`${form}: ${JSON.stringify(labels)}`, () => {
        const taking = matchRoutes(tree, labels);
        assert.deepEqual(
          taking.map(({ options }) => options),
          want.map((options) => ({ ...DEFAULT_ROUTE_OPTIONS, ...options, groupBy: new Set(options.groupBy ?? []) })),
        );
        assert.deepEqual(
          taking.map(({ key }) => key),
          keys[form],
        );
        assert.deepEqual(takingRoutes(explainRoutes(tree, labels)), taking);
      });
    }
  }

  it("is walked from the root down, and counted from below", () => {
    const routes = [...eachRoute(treeOf(oldForm))];
    assert.deepEqual(
      routes.map(({ options }) => options.receiver),
      [
        "notify-def",
        "notify-A",
        "notify-testing",
        "notify-productionA",
        "notify-productionB",
        "notify-BC",
        "notify-def",
        "notify-testing",
        "notify-testing",
      ],
    );
    assert.deepEqual(
      routes.map(({ index }) => index),
      [8, 3, 0, 1, 2, 4, 7, 6, 5],
    );
  });

  it("inherits that all labels make the group until a node says otherwise", () => {
    const tree = treeOf(`
routes:
- match: {env: parent}
  group_by: ['...']
  routes:
  - match: {env: child1}
  - match: {env: child2}
    group_by: ['foo']
  - match: {env: child3}
    group_by: []
`);
    const flags = [...eachRoute(tree)].map(({ options }) => [options.groupByAll, [...options.groupBy]]);
    assert.deepEqual(flags, [
      [false, []],
      [true, []],
      [true, []],
      [false, ["foo"]],
      [false, []],
    ]);
  });

  it("inherits no time intervals", () => {
    const config = loadConfig(`
route:
  receiver: a
  routes:
  - matchers: [x=y]
    mute_time_intervals: [nights]
    active_time_intervals: [days]
    routes:
    - matchers: [y=z]
receivers: [{name: a}]
time_intervals:
- {name: nights, time_intervals: []}
- {name: days, time_intervals: []}
`);
    const intervals = [...eachRoute(createRouteTree(config.route))].map(({ options }) => [
      options.muteTimeIntervals,
      options.activeTimeIntervals,
    ]);
    assert.deepEqual(intervals, [
      [[], []],
      [["nights"], ["days"]],
      [[], []],
    ]);
  });

  it("adds labels to those of the nodes above", () => {
    const tree = treeOf(`
routes:
- matchers: ['{owner="team-A"}', '{level!="critical"}']
  labels: {team: team-A}
  receiver: notify-A
  routes:
  - matchers: ['{env="testing"}', '{baz!~".*quux"}']
    labels: {team: team-A-testing}
  - matchers: ['{env="production"}']
    labels: {severity: production}
`);
    const labelsFor = (labels: Labels) => matchRoutes(tree, labels).map(({ options }) => options.labels);
    assert.deepEqual(labelsFor({ owner: "team-A" }), [{ team: "team-A" }]);
    assert.deepEqual(labelsFor({ owner: "team-A", env: "testing" }), [{ team: "team-A-testing" }]);
    assert.deepEqual(labelsFor({ owner: "team-A", env: "production" }), [{ team: "team-A", severity: "production" }]);
    assert.deepEqual(labelsFor({ owner: "team-B", env: "production" }), [{}]);
  });

  it("has an id for each node, also where keys are the same", () => {
    const tree = treeOf(`
routes:
- {continue: true, matchers: [foo=bar], receiver: test1, routes: [{matchers: [bar=baz]}]}
- {continue: true, matchers: [foo=bar], receiver: test1, routes: [{matchers: [bar=baz]}]}
- {continue: true, matchers: [foo=bar], receiver: test2, routes: [{matchers: [bar=baz]}]}
- {continue: true, matchers: [bar=baz], receiver: test3, routes: [{matchers: [baz=qux]}, {matchers: [qux=corge]}]}
- {continue: true, matchers: ['qux=~"[a-zA-Z0-9]+"']}
- {continue: true, matchers: ['corge!~"[0-9]+"']}
`);
    assert.deepEqual(
      [...eachRoute(tree)].map(({ id }) => id),
      [
        "{}",
        '{}/{foo="bar"}/0',
        '{}/{foo="bar"}/0/{bar="baz"}/0',
        '{}/{foo="bar"}/1',
        '{}/{foo="bar"}/1/{bar="baz"}/0',
        '{}/{foo="bar"}/2',
        '{}/{foo="bar"}/2/{bar="baz"}/0',
        '{}/{bar="baz"}/3',
        '{}/{bar="baz"}/3/{baz="qux"}/0',
        '{}/{bar="baz"}/3/{qux="corge"}/1',
        '{}/{qux=~"[a-zA-Z0-9]+"}/4',
        '{}/{corge!~"[0-9]+"}/5',
      ],
    );
  });
});

describe("a group's key", () => {
  it("is the route's and the labels that make the group", () => {
    const tree = treeOf(`
group_by: [alertname, env]
routes:
- matchers: [team="x"]
- matchers: [team="y"]
  group_by: ['...']
`);
    const keyOf = (labels: Labels) =>
      matchRoutes(tree, labels).map((route) => groupKeyOf(route, groupLabelsOf(route, labels)));
    assert.deepEqual(keyOf({ team: "x", env: "z", alertname: "y", other: "1" }), [
      '{}/{team="x"}:{alertname="y", env="z"}',
    ]);
    assert.deepEqual(keyOf({ team: "x" }), ['{}/{team="x"}:{}']);
    assert.deepEqual(keyOf({ team: "y", b: '"\\\n💥', a: "" }), ['{}/{team="y"}:{a="", b="\\"\\\\\\n💥", team="y"}']);
  });
});

describe("an explanation", () => {
  it("says of each node what it does and why", () => {
    const tree = treeOf(`
routes:
- matchers: [team="x"]
  continue: true
- matchers: [env="prod", team=~"x|y"]
  receiver: notify-prod
  routes:
  - matchers: [severity="critical"]
- matchers: [team="x"]
`);
    const { verdict, routes } = explainRoutes(tree, { team: "x", env: "prod", severity: "info" });
    assert.deepEqual(verdict, { kind: "passes_down" });
    assert.deepEqual(
      routes.map((one) => one.verdict),
      [{ kind: "takes" }, { kind: "takes" }, { kind: "not_reached", takenBy: '{}/{env="prod",team=~"x|y"}/1' }],
    );
    assert.deepEqual(routes[1]?.routes[0]?.verdict, {
      kind: "mismatch",
      matcher: 'severity="critical"',
      label: "severity",
      value: "info",
    });
    assert.equal(routes[2]?.routes.length, 0);
    assert.deepEqual(explainRoutes(tree, {}).verdict, { kind: "takes" });
  });

  it("says it in words, and which ways lead to those who take the alert", () => {
    const tree = treeOf(`
routes:
- matchers: [team="x"]
  receiver: x
  routes:
  - matchers: [severity="critical"]
- matchers: [team="x"]
`);
    const explained = explainRoutes(tree, { team: "x" });
    assert.deepEqual([...eachVerdict(explained)].map(verdictSentence), [
      "Hands the alert on to what is below it: it matches every alert.",
      'Takes the alert for the receiver x: it matches by team="x".',
      'Does not match: it wants severity="critical", and the alert has no label severity.',
      'Is not asked: {}/{team="x"}/0 took the alert before and does not continue.',
    ]);
    assert.deepEqual(
      takingPaths(explained).map((path) => path.map(({ id }) => id)),
      [["{}", '{}/{team="x"}/0']],
    );
  });
});
