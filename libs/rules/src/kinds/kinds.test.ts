import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTimeLine } from "../evaluate/testing/time-line.ts";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import type { Labels } from "../labels.ts";
import { defaultBurnRates } from "./burn-rate.ts";
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

describe("checks of figures", () => {
  const checks = (fields: string) => `  - { alert: Tests, sightline: { checks: { ${fields} } } }`;

  test("are beyond their thresholds, or just at them", async () => {
    const rules = checks("success_rate: rate, performance_degradation: ratio, consecutive_failures: failures");
    const series = (rate: number, ratio: number, failures: number) => [
      `rate ${rate}`,
      `ratio ${ratio}`,
      `failures ${failures}`,
    ];
    const f = async (given: readonly string[], want: readonly string[]) => {
      const alerts = await createTimeLine({ rules, series: given }).at("0");
      assert.deepEqual(
        alerts.map((alert) => /check="(\w+)"/.exec(alert)?.[1]),
        want,
      );
    };
    await f(series(95, 1.5, 2), []);
    await f(series(94.9, 1.6, 3), ["consecutive_failures", "performance_degradation", "success_rate"]);
  });

  test("count what was run and what failed, where no rate is told", async () => {
    const rules = checks("success_rate: rate, total_tests: sum by (suite) (tests), failed: sum by (suite) (failed)");
    const series = [
      'rate{suite="told"} 87.5',
      'tests{suite="told", os="a"} 100',
      'failed{suite="told", os="a"} 1',
      'tests{suite="bad", os="a"} 50',
      'tests{suite="bad", os="b"} 50',
      'failed{suite="bad", os="b"} 6',
      'tests{suite="good"} 100',
      'failed{suite="good"} 5',
      'tests{suite="never failed"} 10',
      'tests{suite="never run"} 0',
      'failed{suite="never run"} 0',
    ];
    assert.deepEqual(await createTimeLine({ rules, series }).at("0"), [
      'firing {alertname="Tests", check="success_rate", suite="bad"} 94',
      'firing {alertname="Tests", check="success_rate", suite="told"} 87.5',
    ]);
  });

  test("are made of expressions that end in comments", async () => {
    const rules = checks('success_rate: "rate # told", total_tests: "tests # all", failed: "failed # of these"');
    const series = ['rate{suite="told"} 87.5', 'tests{suite="bad"} 100', 'failed{suite="bad"} 6'];
    assert.deepEqual(await createTimeLine({ rules, series }).at("0"), [
      'firing {alertname="Tests", check="success_rate", suite="bad"} 94',
      'firing {alertname="Tests", check="success_rate", suite="told"} 87.5',
    ]);
  });

  for (const [fields, problem] of [
    ["total_tests: a", "checks: got total_tests without failed, want both"],
    ["failed: a, success_rate: b", "checks: got failed without total_tests, want both"],
    ["total_tests: a, failed: a +", "failed: could not parse expression"],
    [`total_tests: '"many"', failed: a`, "checks: cannot make a rate of total_tests and failed"],
    ["success_rate_threshold: 9", "checks: got no expression, want at least one of success_rate"],
  ] as const) {
    test(`refused: ${fields}`, () => {
      const { problems } = parseRuleFile(`groups:\n- name: g\n  rules:\n${checks(fields)}`);
      assert.ok(
        problems.some(({ message }) => message.includes(problem)),
        JSON.stringify(problems),
      );
    });
  }
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
