import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { away, createTimeLine, type TimeLineOptions } from "./testing/time-line.ts";

// What is marked with a name of a test is that test of Prometheus 3.16 (rules/alerting_test.go, rules/manager_test.go; Apache-2.0).

/** Runs a time line: each line is a time, `:`, and the alerts at that time. */
async function runs(options: TimeLineOptions, ...steps: readonly string[]): Promise<void> {
  const line = createTimeLine(options);
  for (const step of steps) {
    const at = step.indexOf(": ");
    const alerts = await line.at(step.slice(0, at));
    assert.equal(alerts.join("; "), step.slice(at + 2), `at ${step.slice(0, at)}`);
  }
}

const low = `
  - alert: HTTPRequestRateLow
    expr: http_requests{group="canary", job="app-server"} < 100
    for: 1m
    labels: { severity: critical }`;
const labelsOf = (instance: number) =>
  `{alertname="HTTPRequestRateLow", group="canary", instance="${instance}", job="app-server", severity="critical"}`;

describe("the states of an alert", () => {
  test("pending, firing, inactive for a quarter of an hour, and pending again (TestAlertingRule)", () =>
    runs(
      {
        rules: low,
        interval: "5m",
        series: [
          'http_requests{job="app-server", instance="0", group="canary", severity="overwrite-me"} 75 85  95 105 105  95  85',
          'http_requests{job="app-server", instance="1", group="canary", severity="overwrite-me"} 80 90 100 110 120 130 140',
        ],
      },
      `0: pending ${labelsOf(0)} 75; pending ${labelsOf(1)} 80`,
      `5m: firing ${labelsOf(0)} 85; firing ${labelsOf(1)} 90`,
      `10m: firing ${labelsOf(0)} 95; inactive ${labelsOf(1)} 90`,
      `15m: inactive ${labelsOf(0)} 95; inactive ${labelsOf(1)} 90`,
      `20m: inactive ${labelsOf(0)} 95; inactive ${labelsOf(1)} 90`,
      `25m: inactive ${labelsOf(1)} 90; pending ${labelsOf(0)} 95`,
      `30m: firing ${labelsOf(0)} 85`,
    ));

  test("keep_firing_for keeps one firing (TestKeepFiringFor)", () =>
    runs(
      {
        rules: "  - { alert: High, expr: http_requests > 50, for: 1m, keep_firing_for: 1m }",
        series: ['http_requests{instance="0"} 75 85 70 70 10x5'],
      },
      '0: pending {alertname="High", instance="0"} 75',
      '1m: firing {alertname="High", instance="0"} 85',
      '3m: firing {alertname="High", instance="0"} 70',
      '4m: firing {alertname="High", instance="0"} 70',
      '5m: inactive {alertname="High", instance="0"} 70',
    ));

  test("keep_firing_for keeps none that is pending (TestPendingAndKeepFiringFor)", () =>
    runs(
      {
        rules: "  - { alert: High, expr: http_requests > 50, for: 1m, keep_firing_for: 1m }",
        series: ["http_requests 75 10x10"],
      },
      '0: pending {alertname="High"} 75',
      "1m: ",
    ));

  test("other labels are another alert (TestAlertingRuleLabelsUpdate)", () =>
    runs(
      {
        rules: '  - { alert: High, expr: http_requests < 100, for: 1m, labels: { value: "{{ $value }}" } }',
        series: ["http_requests 75 85 70 70 stale"],
      },
      '0: pending {alertname="High", value="75"} 75',
      '1m: pending {alertname="High", value="85"} 85',
      '2m: pending {alertname="High", value="70"} 70',
      '3m: firing {alertname="High", value="70"} 70',
      '4m: inactive {alertname="High", value="70"} 70',
    ));

  test("an empty label of a rule takes the label away (TestAlertingRuleEmptyLabelFromTemplate)", () =>
    runs(
      { rules: '  - { alert: A, expr: x, labels: { job: "", other: "" } }', series: ['x{job="a", instance="0"} 1'] },
      '0: firing {alertname="A", instance="0"} 1',
    ));

  test("labels of the group are those of its rules, which may say otherwise (TestLabels_FromMaps)", () =>
    runs(
      {
        rules: "  - { alert: A, expr: x, labels: { team: b } }",
        group: "labels: { team: a, zone: z }",
        series: ["x 1"],
      },
      '0: firing {alertname="A", team="b", zone="z"} 1',
    ));

  test("query_offset looks back (TestGroup_QueryOffset)", () =>
    runs(
      { rules: "  - { alert: A, expr: x > 1 }", group: "query_offset: 1m", series: ["x 1 2 1"] },
      "1m: ",
      '2m: firing {alertname="A"} 2',
    ));

  test("one that fires is pending again when its `for` grows (TestFiringAlertResetToPendingOnHoldDurationIncrease)", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: x, for: 1m }", series: ["x 1x20"] });
    await line.at("0");
    assert.deepEqual(await line.at("1m"), ['firing {alertname="A"} 1']);
    line.change("  - { alert: A, expr: x, for: 5m }");
    assert.deepEqual(await line.at("2m"), ['pending {alertname="A"} 1']);
    assert.deepEqual(await line.at("5m"), ['firing {alertname="A"} 1']);
    assert.deepEqual(line.decisions(), [
      "A: inactive -> pending at 0s, condition_began",
      "A: pending -> firing at 60s, held_long_enough",
      "A: firing -> pending at 120s, for_was_extended",
      "A: pending -> firing at 300s, held_long_enough",
    ]);
  });
});

describe("an expression that has no answer", () => {
  test("alerts of the same labels are refused (TestAlertingRuleDuplicate)", async () => {
    const line = createTimeLine({
      rules:
        '  - { alert: foo, expr: \'vector(0) or label_replace(vector(0),"test","x","","")\', labels: { test: test } }',
    });
    assert.deepEqual(await line.at("0"), []);
    assert.deepEqual(line.decisions(), [
      "rule_failed foo: vector contains metrics with the same labelset after applying alert labels",
    ]);
  });

  for (const [limit, error] of [
    [0, undefined],
    [-1, undefined],
    [2, undefined],
    [1, "exceeded limit of 1 with 2 alerts"],
  ] as const) {
    test(`a limit of ${limit} (TestAlertingRuleLimit)`, async () => {
      const line = createTimeLine({
        rules: "  - { alert: foo, expr: metric > 0, for: 1m }",
        group: `limit: ${limit}`,
        series: ['metric{label="1"} 1', 'metric{label="2"} 1'],
      });
      assert.equal((await line.at("0")).length, error === undefined ? 2 : 0);
      assert.equal(line.state().rules[0]?.lastError, error);
    });
  }

  test("changes nothing, is told once, and that it works again as well", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: x > 0, for: 2m }", series: ["x 1x9"] });
    const before = await line.at("0");
    line.fail(new AppError("invalid_argument", "many-to-many matching not allowed"));
    assert.deepEqual(await line.at("1m"), before);
    assert.deepEqual(await line.at("2m"), before);
    assert.equal(line.state().rules[0]?.health, "err");
    assert.equal(line.state().rules[0]?.lastEvaluatedAtMs, 120_000);
    line.fail(undefined);
    assert.deepEqual(await line.at("3m"), ['firing {alertname="A"} 1']);
    assert.deepEqual(line.decisions(), [
      "A: inactive -> pending at 0s, condition_began",
      "rule_failed A: many-to-many matching not allowed",
      "A: pending -> firing at 180s, held_long_enough",
      "rule_works A: many-to-many matching not allowed",
    ]);
  });
});

describe("an outage of the source", () => {
  test("holds all states and is told once", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: x, for: 2m }\n  - { alert: B, expr: x }\n  - { record: r, expr: x }",
      series: ["x 1x20"],
    });
    const before = await line.at("0");
    assert.deepEqual(before, ['firing {alertname="B"} 1', 'pending {alertname="A"} 1']);
    line.decisions();
    line.fail(away);
    for (const time of ["1m", "2m", "3m"]) assert.deepEqual(await line.at(time), before);
    assert.equal(line.state().outage?.sinceMs, 60_000);
    assert.equal(line.state().rules[0]?.lastEvaluatedAtMs, 0, "a rule that could not ask was not evaluated");
    line.fail(undefined);
    assert.deepEqual(await line.at("4m"), ['firing {alertname="A"} 1', 'firing {alertname="B"} 1']);
    assert.equal(line.state().outage, undefined);
    assert.deepEqual(line.decisions(), [
      "source_away A: storage is away",
      "A: pending -> firing at 240s, held_long_enough",
      "source_back : storage is away",
    ]);
  });
});
