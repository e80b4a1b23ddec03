import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { formatProblem } from "../yaml/problem.ts";
import { formatJunit } from "./junit.ts";
import { parseUnitTestFile } from "./parse-unit-test-file.ts";
import { runUnitTests } from "./run-unit-tests.ts";

// The rules, and what is marked with a file, are those of Prometheus 3.16, cmd/promtool/testdata (Apache-2.0).
const rules = `
groups:
  - name: alerts
    rules:
      - alert: InstanceDown
        expr: up == 0
        for: 5m
        labels: { severity: page }
        annotations:
          summary: "Instance {{ $labels.instance }} down"
          description: "{{ $labels.instance }} of job {{ $labels.job }} has been down for more than 5 minutes."
      - { alert: AlwaysFiring, expr: 1 }
  - name: rules
    rules:
      - { record: "job:test:count_over_time1m", expr: "sum without(instance) (count_over_time(test[1m]))" }
      - { record: fixed_data, expr: 1 }
      - { record: suquery_interval_test, expr: "count_over_time(up[5m:])" }
`;

/** The failures of a file of tests by the names of its tests. */
async function run(tests: string, ruleText = rules): Promise<Record<string, readonly string[]>> {
  const { file, problems } = parseUnitTestFile(tests);
  assert.deepEqual(problems, []);
  const parsed = parseRuleFile(ruleText);
  assert.deepEqual(parsed.problems, []);
  const results = await runUnitTests(file, { groups: parsed.file.groups, signal: new AbortController().signal });
  return Object.fromEntries(results.map(({ name, failures }) => [name, failures]));
}

/** One test with these fields passes. */
async function passes(fields: string, ruleText = rules): Promise<void> {
  assert.deepEqual(await run(`tests:\n- name: one\n  ${fields.trim().replaceAll("\n", "\n  ")}\n`, ruleText), {
    one: [],
  });
}

const ask = (expr: string, time: string, want: string) =>
  `- { expr: '${expr}', eval_time: ${time}, exp_samples: ${want} }`;

describe("tests that pass (unittest.yml, start-time-test.yml, long-period.yml, no-test-group-interval.yml)", () => {
  test("samples, repeated and growing, ends and gaps", () =>
    passes(`input_series:
- { series: test_full, values: "0 0" }
- { series: test_repeat, values: "1x2" }
- { series: test_increase, values: "1+1x2" }
- { series: test_stale, values: "0 stale" }
- { series: test_missing, values: "0 _ _ _ _ _ _ 0" }
promql_expr_test:
${ask("timestamp(test_full)", "2m", "[{ value: 60 }]")}
${ask("test_repeat", "2m", "[{ value: 1, labels: test_repeat }]")}
${ask("test_increase", "2m", "[{ value: 3, labels: test_increase }]")}
${ask("test_stale", "59s", "[{ value: 0, labels: test_stale }]")}
${ask("test_stale", "1m", "[]")}
${ask("timestamp(test_missing)", "4m59s", "[{ value: 0 }]")}
${ask("timestamp(test_missing)", "5m", "[]")}`));

  test("histograms", () =>
    passes(`input_series:
- { series: h, values: "{{schema:1 sum:-0.3 count:32.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] n_offset:-5}}" }
- { series: growing, values: "{{sum:3 count:2 buckets:[2]}}+{{sum:1.3 count:1 buckets:[1]}}x2" }
promql_expr_test:
${ask("h", "1m", '[{ labels: h, histogram: "{{schema:1 sum:-0.3 count:32.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] n_offset:-5}}" }]')}
${ask("growing", "2m", '[{ labels: growing, histogram: "{{count:4 sum:5.6 counter_reset_hint:not_reset buckets:[4]}}" }]')}`));

  test("records without any series", () =>
    passes(`promql_expr_test:
${ask("count_over_time(fixed_data[1h])", "1h", "[{ value: 60 }]")}
${ask("timestamp(fixed_data)", "1h", "[{ value: 3600 }]")}`));

  test("alerts, and what they record", () =>
    passes(`interval: 1m
input_series: [{ series: 'up{job="prometheus", instance="localhost:9090"}', values: "0+0x1440" }]
promql_expr_test:
${ask("count(ALERTS) by (alertname, alertstate)", "4m", `[{ labels: '{alertname="AlwaysFiring",alertstate="firing"}', value: 1 }, { labels: '{alertname="InstanceDown",alertstate="pending"}', value: 1 }]`)}
alert_rule_test:
- { eval_time: 1d, alertname: AlwaysFiring, exp_alerts: [{}] }
- eval_time: 1d
  alertname: InstanceDown
  exp_alerts:
  - exp_labels: { severity: page, instance: "localhost:9090", job: prometheus }
    exp_annotations:
      summary: Instance localhost:9090 down
      description: localhost:9090 of job prometheus has been down for more than 5 minutes.
- { eval_time: 0, alertname: AlwaysFiring, exp_alerts: [{}] }
- { eval_time: 0, alertname: InstanceDown, exp_alerts: [] }`));

  test("samples each second, rules each minute", () =>
    passes(`interval: 1s
input_series: [{ series: 'test{job="test", instance="x:0"}', values: "0+1x120" }]
promql_expr_test:
${ask("job:test:count_over_time1m", "1m", `[{ value: 60, labels: 'job:test:count_over_time1m{job="test"}' }]`)}
${ask("timestamp(job:test:count_over_time1m)", "2m59s999ms", `[{ value: 120, labels: '{job="test"}' }]`)}`));

  for (const [start, seconds] of [
    ['"2024-01-01T00:00:00Z"', 1704067200],
    ["1609459200", 1609459200],
  ] as const) {
    test(`a start at ${start}`, () =>
      passes(`start_timestamp: ${start}
input_series: [{ series: m, values: 10+10x15 }]
promql_expr_test:
${ask("time()", "5m", `[{ value: ${seconds + 300} }]`)}
${ask(`m @ ${seconds + 120}`, "5m", "[{ labels: m, value: 30 }]")}`));
  }

  test("what templates know of the outside", () =>
    passes(
      `external_labels: { region: eu }
external_url: https://example.org/prometheus
alert_rule_test:
- { eval_time: 0, alertname: A, exp_alerts: [{ exp_labels: { region: eu }, exp_annotations: { url: "https://example.org/prometheus", other: "2" } }] }
input_series: [{ series: other, values: 2 }]`,
      `groups: [{ name: g, rules: [{ alert: A, expr: vector(1), labels: { region: "{{ $externalLabels.region }}" }, annotations: { url: "{{ $externalURL }}", other: '{{ with query "other" }}{{ . | first | value }}{{ end }}' } }] }]`,
    ));

  test("groups in the order that is asked for", async () => {
    const text =
      "groups:\n- { name: b, rules: [{ record: second, expr: first }] }\n- { name: a, rules: [{ record: first, expr: vector(1) }] }\n";
    const one = (order: string, want: string) =>
      run(
        `group_eval_order: ${order}\ntests:\n- { name: one, promql_expr_test: [{ expr: second, eval_time: 0, exp_samples: ${want} }] }`,
        text,
      );
    assert.deepEqual(await one("[a, b]", "[{ labels: second, value: 1 }]"), { one: [] });
    assert.deepEqual(await one("[b, a]", "[]"), { one: [] });
  });

  test("a hundred days between two evaluations", async () => {
    const text = `evaluation_interval: 100d
tests:
- name: one
  interval: 100d
  input_series: [{ series: test, values: 0+1x1067 }]
  promql_expr_test:
  ${ask("timestamp(test)", "106700d", "[{ value: 9218880000 }]")}
  ${ask("fixed_data", "106700d", "[{ labels: fixed_data, value: 1 }]")}
`;
    assert.deepEqual(await run(text), { one: [] });
  });
});

describe("tests that fail", () => {
  test("say what was expected and what came (failing.yml)", async () => {
    const found = await run(`tests:
- name: Failing test
  interval: 1m
  input_series: [{ series: test, values: "0" }]
  promql_expr_test: [{ expr: test, eval_time: 0m, exp_samples: [{ value: 1, labels: test }] }]
  alert_rule_test: [{ eval_time: 0m, alertname: Test, exp_alerts: [{ exp_labels: {} }] }]
`);
    assert.deepEqual(found["Failing test"], [
      `    name: Failing test,
    alertname: Test, time: 0s, ${""}
        exp:[
            0:
              Labels:{alertname="Test"}
              Annotations:{}
            ], ${""}
        got:[]`,
      `    expr: "test", time: 0s,
        exp: {__name__="test"} 1E+00
        got: {__name__="test"} 0E+00`,
    ]);
  });

  for (const [name, fields, ruleText, failure] of [
    [
      "a series that cannot be read (bad-input-series.yml)",
      `input_series: [{ series: 'up{job="a"', values: 1 }]`,
      rules,
      /^cannot read series up/,
    ],
    [
      "a query that fails (bad-promql.yml)",
      `input_series: [{ series: 'a{x="1"}', values: 1 }, { series: 'b{x="1",y="1"}', values: 1 }, { series: 'b{x="1",y="2"}', values: 1 }]\n  promql_expr_test: [{ expr: a + on(x) b }]`,
      rules,
      /^ {4}expr: "a \+ on\(x\) b", time: 0s, err: found duplicate series/,
    ],
    [
      "a rule that fails (bad-rules-error-test.yml)",
      "input_series: [{ series: a, values: 1 }]",
      "groups: [{ name: g, rules: [{ record: r, expr: 'a[5m]' }] }]",
      /^ {4}rule: r, time: 0s, err: rule result is not a vector or scalar$/,
    ],
    [
      "what is expected is no histogram",
      "promql_expr_test: [{ expr: a, exp_samples: [{ labels: a, histogram: '1' }] }]",
      rules,
      /err: labels "a": expected histogram, got 1$/,
    ],
    [
      "labels of the alert that are not expected",
      "alert_rule_test: [{ eval_time: 0, alertname: AlwaysFiring, exp_alerts: [{ exp_labels: { a: '' } }] }]",
      rules,
      /exp:\[\n/,
    ],
  ] as const) {
    test(name, async () => {
      const { one = [] } = await run(`tests:\n- name: one\n  ${fields}\n`, ruleText);
      assert.equal(one.length, 1);
      assert.match(one[0] ?? "", failure);
    });
  }

  for (const [fuzzy, value, isRight] of [
    [true, "2.9999999999999996", true],
    [true, "3.0000000000000004", true],
    [true, "2.9999999999999987", false],
    [false, "2.9999999999999996", false],
  ] as const) {
    test(`${value} for 3 when fuzzy_compare is ${fuzzy} (rules_run_fuzzy.yml)`, async () => {
      const found = await run(`fuzzy_compare: ${fuzzy}
tests:
- { name: one, input_series: [{ series: t, values: ${value} }], promql_expr_test: [{ expr: t, exp_samples: [{ labels: t, value: 3 }] }] }`);
      assert.equal((found["one"] ?? []).length, isRight ? 0 : 1);
    });
  }
});

test("queries in LogQL answer what the test says", () =>
  passes(
    `sightline: { answers: [{ logql: 'sum(rate({a="b"}[5m]))', series: "{}", values: "1 7" }] }
alert_rule_test: [{ eval_time: 0, alertname: A }, { eval_time: 1m, alertname: A, exp_alerts: [{}] }]`,
    `groups: [{ name: g, rules: [{ alert: A, sightline: { logql: 'sum(rate({a="b"}[5m]))' }, expr: ~ , labels: {}, keep_firing_for: 0s, for: 1m }] }]`,
  ));

for (const [text, problem] of [
  ["test: []", /^1:1: field test not found in a file of unit tests/],
  ["tests: [{ promql_expr_tests: [] }]", /field promql_expr_tests not found in a test/],
  ["group_eval_order: [a, a]", /group name repeated in evaluation order: a/],
  [
    "tests: [{ name: x, alert_rule_test: [{ eval_time: 5m }] }]",
    /misses required attribute alertname at eval_time 5m \(in TestGroup x\)/,
  ],
  ["tests: [{ start_timestamp: soon }]", /cannot parse "soon" to a valid timestamp/],
] as const) {
  test(`refused: ${text}`, () => assert.match(parseUnitTestFile(text).problems.map(formatProblem).join("\n"), problem));
}

test("JUnit's XML holds what was wrong", () => {
  const tests = [
    { name: "good", failures: [] },
    { name: 'a "b" <c>', failures: ["exp:\n\u0001 & more"] },
  ];
  const [good, aborted] = [
    { file: "a.yml", tests, error: undefined },
    { file: "b.yml", tests: [], error: "cannot read" },
  ].map((file) => ({ ...file, startedAt: "2026-11-21T03:12:00" }));
  assert.ok(good !== undefined && aborted !== undefined);
  assert.equal(
    formatJunit([good, aborted]),
    '<testsuites><testsuite name="a.yml" tests="2" failures="1" errors="0" skipped="0" timestamp="2026-11-21T03:12:00"><testcase name="good"></testcase>' +
      '<testcase name="a &#34;b&#34; &lt;c&gt;"><failure>exp:&#xA;\ufffd &amp; more</failure></testcase></testsuite>' +
      '<testsuite name="b.yml" tests="1" failures="0" errors="1" skipped="0" timestamp="2026-11-21T03:12:00"><testcase name="unknown"><error>cannot read</error></testcase></testsuite></testsuites>',
  );
});
