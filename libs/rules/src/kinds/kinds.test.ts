import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTimeLine } from "../evaluate/testing/time-line.ts";
import type { Labels } from "../labels.ts";
import { defaultBurnRates } from "./burn-rate.ts";
import { checkThresholds, DEFAULT_CHECK_THRESHOLDS } from "./checks.ts";
import { parseAlertCondition } from "./composite.ts";

describe("burn rates", () => {
  test("are those of the SRE workbook for 30 days, and follow the window", () => {
    const factors = (days: number) =>
      defaultBurnRates(days * 86_400_000).map(({ factor }) => Math.round(factor * 1000) / 1000);
    assert.deepEqual(factors(30), [14.4, 6, 3, 1]);
    assert.deepEqual(factors(7), [3.36, 1.4, 0.7, 0.233]);
  });

  const slo = `
  - alert: Budget
    sightline:
      slo:
        objective: 99
        errors: sum by (service) (rate(errors[$window]))
        total: sum by (service) (rate(requests[$window]))`;
  /** Samples of a minute for four hours; the share of errors changes once. */
  const series = (first: number, then: number, at: number) => [
    `requests{service="a"} 0+100x240`,
    `errors{service="a"} 0+${first}x${at} ${first * at + then}+${then}x${240 - at - 1}`,
  ];

  for (const [name, samples, want] of [
    ["nothing while the objective holds", series(1, 1, 120), []],
    ["a page and a ticket while much burns", series(20, 20, 120), ["critical", "warning"]],
    ["only the slower one when the fast times are good again", series(8, 4, 200), ["warning"]],
    ["of what is over only the slowest, whose short time is six hours", series(20, 0, 120), ["warning"]],
  ] as const) {
    test(name, async () => {
      const line = createTimeLine({ rules: slo, series: samples });
      const alerts = await line.at("4h");
      assert.deepEqual(alerts.map((alert) => /severity="(\w+)"/.exec(alert)?.[1]).sort(), want);
      for (const alert of alerts) assert.match(alert, /service="a"/);
    });
  }
});

describe("a change against what was before", () => {
  const rule = (thresholds: string) =>
    `  - { alert: Fewer, sightline: { change: { expr: deploys, offset: 1h, ${thresholds} } } }`;
  const series = [
    'deploys{team="a"} 10x59 4x9',
    'deploys{team="b"} 10x59 6x9',
    'deploys{team="new"} _x60 1x9',
    'deploys{team="z"} 0x59 3x9',
  ];
  for (const [thresholds, want] of [
    ["below_percent: -50", ['firing {alertname="Fewer", team="a"} -60']],
    ["above_percent: 100", ['firing {alertname="Fewer", team="z"} +Inf']],
    ["above_percent: 100, below_percent: -30", 3],
  ] as const) {
    test(thresholds, async () => {
      const alerts = await createTimeLine({ rules: rule(thresholds), series }).at("1h1m");
      if (typeof want === "number") assert.equal(alerts.length, want);
      else assert.deepEqual(alerts, want);
    });
  }
});

describe("checks", () => {
  for (const [name, figures, want] of [
    ["all well", { successRate: 95, performanceRatio: 1.5, consecutiveFailures: 2 }, []],
    [
      "each beyond its threshold",
      { successRate: 94.9, performanceRatio: 1.6, consecutiveFailures: 3 },
      ["success_rate", "performance_degradation", "consecutive_failures"],
    ],
    ["the rate of tests and failures", { totalTests: 100, failed: 6 }, ["success_rate"]],
    ["no tests", { totalTests: 0, failed: 0 }, []],
  ] as const) {
    test(name, () =>
      assert.deepEqual(
        checkThresholds(figures, DEFAULT_CHECK_THRESHOLDS).map(({ check }) => check),
        want,
      ),
    );
  }

  test("as a rule", async () => {
    const rules =
      "  - { alert: Tests, sightline: { checks: { success_rate: rate_percent, consecutive_failures: failures, consecutive_failures_threshold: 5 } } }";
    const line = createTimeLine({
      rules,
      series: ['rate_percent{suite="a"} 90', 'rate_percent{suite="b"} 99', 'failures{suite="a"} 4'],
    });
    assert.deepEqual(await line.at("0"), ['firing {alertname="Tests", check="success_rate", suite="a"} 90']);
  });
});

describe("composites", () => {
  const firing = (name: string): readonly Labels[] =>
    ({
      Errors: [{ service: "a", pod: "1" }, { service: "b" }],
      Slow: [{ service: "a" }],
      "Planned work": [{ service: "b" }],
    })[name] ?? [];
  for (const [condition, by, want] of [
    ["Errors and Slow", "[service]", ["a"]],
    ["Errors or Slow", "[service]", ["a", "b"]],
    ["Errors and not 'Planned work'", "[service]", ["a"]],
    ['not (Errors or Slow) or \\"Planned work\\"', "[service]", ["b"]],
    ["Errors and Nothing", "[service]", []],
    ["Errors and Slow and 'Planned work'", "[]", [""]],
    ["not Nothing", "[]", [""]],
  ] as const) {
    test(condition, async () => {
      const rules = `  - { alert: C, sightline: { composite: { condition: "${condition}", by: ${by} } } }`;
      const alerts = await createTimeLine({ rules, firing }).at("0");
      assert.deepEqual(
        alerts.map((alert) => /service="(\w+)"/.exec(alert)?.[1] ?? ""),
        want,
      );
    });
  }

  for (const [condition, problem] of [
    ["", "at character 1: got the end, want the name of an alert, not or ("],
    ["A and", "at character 6: got the end, want the name of an alert, not or ("],
    ["A B", "at character 3: got B, want and, or, or the end"],
    ["(A", "at character 3: got the end, want )"],
    ["A & B", "at character 3: got &, want and, or, or the end"],
    [`${"(".repeat(40)}A`, "at character 34: got nesting deeper than 32"],
  ] as const) {
    test(`refused: ${condition}`, () => assert.throws(() => parseAlertCondition(condition), { message: problem }));
  }
});
