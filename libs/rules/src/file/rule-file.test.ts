import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatRuleFile } from "./format-rule-file.ts";
import { formatFileProblem, parseRuleFile } from "./parse-rule-file.ts";

function problemsOf(text: string): readonly string[] {
  return parseRuleFile(text).problems.map((problem) => formatFileProblem("r.yml", problem));
}

/** One group of one rule. */
const oneRule = (fields: string) => `groups:\n- name: g\n  rules:\n  - ${fields.replaceAll("\n", "\n    ")}\n`;

/** The files of Prometheus 3.16, model/rulefmt/testdata (Apache-2.0), in short. */
const errors = `expr: |
  sum without(instance) (rate(errors_total[5m]))
  /
  sum without(instance) (rate(requests_total[5m]))
`;

describe("what Prometheus accepts (rulefmt_test.go)", () => {
  const cases: readonly [name: string, text: string][] = [
    ["nothing", ""],
    ["no groups", "groups:\n"],
    ["a group without rules", "groups:\n- name: a\n"],
    [
      "alerts and records",
      `${oneRule(`alert: HighErrors\n${errors}for: 5m\nlabels: { severity: critical }`)}  - record: new_metric\n    expr: 1\n`,
    ],
    ["names of UTF-8 (utf-8_lname.good)", oneRule("record: hola\nexpr: 1\nlabels: { ins-tance: localhost }")],
    [
      "annotations of UTF-8 (utf-8_annotation.good)",
      oneRule("alert: hola\nexpr: 1\nannotations: { ins-tance: localhost }"),
    ],
    ["labels of a group", "groups:\n- name: g\n  labels: { team: myteam }\n  rules: []\n"],
    ["all fields of a group", "groups:\n- { name: g, interval: 30s, query_offset: 1m, limit: 10, rules: [] }\n"],
    ["what is no text", oneRule("alert: 1\nexpr: 1\nfor: 0\nlabels: { a: 5, b: true, c: ~ }")],
    ["a template", oneRule('alert: a\nexpr: 1\nannotations: { s: "{{ $labels.x }}" }')],
    ["a template in a label of a record, which is none", oneRule('record: a\nexpr: 1\nlabels: { s: "{{ $label }}" }')],
  ];
  for (const [name, text] of cases) test(name, () => assert.deepEqual(problemsOf(text), []));

  test("aliases and merge keys (TestParseFileSuccessWithAliases)", () => {
    const text = `groups:
- name: a
  rules:
  - &high
    alert: &name HighAlert
    expr: &expr |
      a
      /
      b
    labels: { severity: &severity critical }
  - { record: new_metric, expr: *expr }
  - { alert: *name, expr: *expr, labels: { severity: *severity } }
  - <<: *high
    alert: HighAlert2
`;
    const { file, problems } = parseRuleFile(text);
    assert.deepEqual(problems, []);
    const rules = file.groups[0]?.rules ?? [];
    assert.deepEqual(
      rules.map(({ name, labels }) => [name, labels["severity"]]),
      [
        ["HighAlert", "critical"],
        ["new_metric", undefined],
        ["HighAlert", "critical"],
        ["HighAlert2", "critical"],
      ],
    );
    for (const rule of rules) {
      const text =
        rule.kind === "recording" ? rule.expression.text : rule.source.kind === "query" ? rule.source.text : "";
      assert.equal(text, "a\n/\nb\n");
    }
  });

  test("more documents than one are told of, and only the first is read (TestMultiDocParse)", () => {
    const { file, warnings } = parseRuleFile("groups:\n- name: a\n---\ngroups:\n- name: b\n");
    assert.deepEqual(
      file.groups.map(({ name }) => name),
      ["a"],
    );
    assert.equal(warnings.length, 1);
  });
});

describe("what Prometheus refuses, and where it stands (rulefmt_test.go)", () => {
  const where = (place: string, name: string) => `r.yml: ${place}: group "g", rule 1, "${name}": `;
  const cases: readonly [name: string, text: string, ...problems: readonly string[]][] = [
    [
      "the same group twice",
      "groups:\n- name: yolo\n- name: yolo\n",
      'r.yml: 3:3: groupname: "yolo" is repeated in the same file',
    ],
    ["a group without a name", "groups:\n- rules: []\n", "r.yml: 2:3: Groupname must not be empty"],
    [
      "an expression that means nothing",
      oneRule("record: yolo\nexpr: rate(hi)"),
      `${where("5:11", "yolo")}could not parse expression: 1:6: parse error: expected type range vector in call to function "rate", got instant vector`,
    ],
    [
      "record and alert",
      oneRule("record: Hi\nalert: Hello\nexpr: 1"),
      `${where("4:13", "Hello")}only one of 'record' and 'alert' must be set`,
    ],
    ["neither", oneRule("expr: 1"), `${where("4:5", "")}one of 'record' or 'alert' must be set`],
    ["no expression", oneRule("record: ylo"), `${where("4:5", "ylo")}field 'expr' must be set in rule`],
    [
      "an expression as a name",
      oneRule('record: strawberry{flavor="sweet"}\nexpr: 1'),
      `r.yml: 4:13: group "g", rule 1, "strawberry{flavor=\\"sweet\\"}": braces present in the recording rule name; should it be in expr?: strawberry{flavor="sweet"}`,
    ],
    [
      "an unknown field",
      oneRule("alert: hola\nexpr: 1\nannotation: {}"),
      `${where("6:5", "hola")}field annotation not found in a rule, want one of alert, annotations, expr, for, keep_firing_for, labels, record, sightline`,
    ],
    [
      "an unknown field of a group",
      "groups:\n- name: g\n  rule: []\n",
      "r.yml: 3:3: field rule not found in a group, want one of interval, labels, limit, name, query_offset, rules",
    ],
    [
      "a label that is the name",
      oneRule("record: hola\nexpr: 1\nlabels:\n  __name__: anything"),
      `${where("7:7", "hola")}invalid label name: __name__`,
    ],
    [
      "record and for",
      oneRule("record: Hello\nexpr: 1\nfor: 1m"),
      `${where("4:13", "Hello")}invalid field 'for' in recording rule`,
    ],
    [
      "record and keep_firing_for",
      oneRule("record: Hello\nexpr: 1\nkeep_firing_for: 1m"),
      `${where("4:13", "Hello")}invalid field 'keep_firing_for' in recording rule`,
    ],
    [
      "record and annotations",
      oneRule("record: Hello\nexpr: 1\nannotations: { a: b }"),
      `${where("4:13", "Hello")}invalid field 'annotations' in recording rule`,
    ],
    [
      "no duration",
      oneRule("alert: a\nexpr: 1\nfor: 5x"),
      `${where("6:10", "a")}for: got "5x", want a duration such as 5m`,
    ],
    [
      "a field of another kind",
      oneRule("alert: [a]\nexpr: 1"),
      `${where("4:12", "")}alert: got a list, want a text`,
      `${where("4:12", "").replace("4:12", "4:5")}one of 'record' or 'alert' must be set`,
    ],
    [
      "the same key twice",
      oneRule("alert: a\nexpr: 1\nexpr: 2"),
      "r.yml: 6:5: cannot read YAML: Map keys must be unique",
    ],
    [
      "a template that is wrong (TestTemplateParsing)",
      oneRule('alert: a\nexpr: 1\nannotations:\n  s: "{{ $label.x }}"'),
      `${where("7:7", "a")}annotation "s": template: __alert_a:1: undefined variable "$label"`,
    ],
    [
      "a template of JavaScript (TestTemplateParsing)",
      oneRule('alert: a\nexpr: 1\nlabels:\n  s: "{{$labels.quantile * 100}}"'),
      `${where("7:7", "a")}label "s": template: __alert_a:1: unexpected "*" in operand`,
    ],
    [
      "no YAML",
      "groups: [",
      "r.yml: 1:10: cannot read YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["no map", "- a", "r.yml: 1:1: got a list, want a rule file"],
  ];
  for (const [name, text, ...problems] of cases)
    test(name, () => assert.deepEqual([...problemsOf(text)].sort(), [...problems].sort()));

  test("all of it at once (TestUniqueErrorNodes)", () => {
    const found = problemsOf(
      `${oneRule("alert: InstanceDown\nexpr: up ===== 0")}  - alert: InstanceUp\n    expr: up ===== 1\n- name: g\n`,
    );
    assert.deepEqual(
      found.map((line) => line.split(": ")[1]),
      ["5:11", "7:11", "8:3"],
    );
  });
});

describe("what is ours below sightline", () => {
  const kinds: readonly string[] = [
    'logql: sum(count_over_time({app="a"}[5m])) > 1',
    'traceql: "{ .a = 1 } | rate()"',
    "events: { condition: event_type == 'a', threshold_count: 3, threshold_time_window: 5m, group_by: [target] }",
    "checks: { success_rate: a, success_rate_threshold: 90 }",
    "composite: { condition: A and not B, by: [service] }",
    'slo: { objective: 99.9, errors: "rate(a[$window])", total: b }',
    'slo: { objective: 99.9, window: 7d, error_ratio: "rate(a[$window])", burn_rates: [{ long: 1h, short: 5m, factor: 10 }] }',
    "change: { logql: 'rate({a=\"b\"}[1m])', offset: 1d, above_percent: 10 }",
    "anomaly: { metric: cpu, min_confidence: 0.9 }",
    "{ logql: 'rate({a=\"b\"}[1m])', nodata: { policy: alert, severity: info, for: 5m }, eval_error: ok, late: 10m, channels: [a], recipients: [b] }",
  ];
  for (const kind of kinds) {
    test(kind, () => {
      const text = oneRule(`alert: A\nfor: 1m\nlabels: { team: t }\nannotations: { s: text }\nsightline:\n  ${kind}`);
      const { file, problems } = parseRuleFile(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(parseRuleFile(formatRuleFile(file)).file, file, "what is printed says the same");
    });
  }

  const refused: readonly [fields: string, problem: RegExp][] = [
    ["logql: '{app=\"a\"}'", /got a query of lines, want one of numbers/],
    ["traceql: '{ .a = 1 }'", /got a query of traces, want one of numbers/],
    ["logql: 'rate({'", /could not parse expression: parse error/],
    ["events: { condition: event_typ == 'a' }", /got the unknown name event_typ/],
    ["events: {}", /got no condition/],
    ["events: { condition: event_type == 'a', threshold_count: 0 }", /threshold_count: got 0, want 1 to 1000/],
    ["checks: {}", /got no expression/],
    ["composite: { condition: A and }", /at character 6: got the end/],
    ['slo: { objective: 100, error_ratio: "rate(a[$window])" }', /want percent between 0 and 100/],
    ['slo: { objective: 99, error_ratio: "rate(a[5m])" }', /got no \$window/],
    ["slo: { objective: 99 }", /want either error_ratio, or errors and total/],
    ["change: { expr: a, offset: 1h }", /got no threshold/],
    ["anomaly: { min_confidence: 80 }", /want 0 to 1/],
    [
      "{ logql: 'rate({a=\"b\"}[1m])', events: { condition: event_type == 'a' } }",
      /got logql and events, want only one of them/,
    ],
    ["{ logql: 'rate({a=\"b\"}[1m])', nodata: maybe }", /nodata: got maybe, want one of keep, alert, ok/],
    ["{ logql: 'rate({a=\"b\"}[1m])', odd: 1 }", /field odd not found in sightline/],
  ];
  for (const [fields, problem] of refused) {
    test(`refused: ${fields}`, () => {
      const found = problemsOf(oneRule(`alert: A\nsightline:\n  ${fields}`));
      assert.match(found.join("\n"), problem);
      for (const line of found) assert.match(line, /^r\.yml: \d+:\d+: group "g", rule 1, "A": /);
    });
  }
});

test("a file is printed so that it is read to the same again", () => {
  const text = `groups:\n- { name: g, interval: 30s, query_offset: 0s, limit: 3, labels: { a: b }, rules: [{ record: r, expr: "1", labels: { c: d } }, { alert: a, expr: up == 0, for: 1h30m, keep_firing_for: 5m, annotations: { s: "#x: y" } }] }\n`;
  const { file } = parseRuleFile(text);
  assert.deepEqual(parseRuleFile(formatRuleFile(file)).file, file);
  assert.match(formatRuleFile(file), /for: 1h30m\n/);
});
