import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { formatRuleFile } from "@sightline/rules/file/format-rule-file";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { AlertingRule, Rule } from "@sightline/rules/file/rule-file";
import { PACKS } from "@sightline/rules/packs/packs";
import { createRandom } from "@sightline/testkit/random";
import { runProgram } from "../program.ts";
import { randomRules } from "./testing/random-rules.ts";

/** The real promtool beside ours on the same files. Debian's is that of Prometheus 2.42: what is younger is not asked here. */
interface Case {
  readonly name: string;
  readonly rules: string;
  readonly tests: string;
}

const everything = `
groups:
- name: second
  labels_are_not_in_2_42: ~
- name: alerts
  limit: 5
  rules:
  - alert: Down
    expr: up == 0
    for: 3m
    keep_firing_for: 2m
    labels: { severity: page, job: "{{ $labels.job | toUpper }}", region: "{{ $externalLabels.region }}", empty: "" }
    annotations:
      summary: "{{ $labels.instance }} down, {{ $value | humanize }}"
      total: '{{ with query "sum(up)" }}{{ . | first | value | printf "%.1f" }}{{ end }}'
      link: "{{ $externalURL }}/x"
      broken: "{{ $labels.job | humanize }}"
  - alert: Firing
    expr: ALERTS{alertstate="firing"}
- name: records
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: { by: rule }
  - record: job:up:double
    expr: job:up:sum * 2
`.replace("- name: second\n  labels_are_not_in_2_42: ~\n", "");

const series = `
  input_series:
  - { series: 'up{job="api", instance="a"}', values: "1 0x4 1x3 _x3 0 stale" }
  - { series: 'up{job="api", instance="b"}', values: "1x20" }
  external_labels: { region: eu }
  external_url: https://example.org`;

const times = ["0", "1m", "3m", "4m", "5m", "6m", "7m", "8m", "11m", "12m", "20m"];
const questions = [
  "up",
  "ALERTS",
  "ALERTS_FOR_STATE",
  "job:up:sum",
  "job:up:double",
  "count_over_time(up[5m:])",
  "absent(up)",
  "-up",
  "up + on(job) up",
];

/** Nothing of this is expected, so that all that comes is shown. */
const shown = `rule_files: [rules.yml]
evaluation_interval: 1m
tests:
- name: all that comes
  interval: 1m${series}
  alert_rule_test:
${times.flatMap((time) => ["Down", "Firing"].map((name) => `  - { eval_time: ${time}, alertname: ${name}, exp_alerts: [{ exp_labels: { never: true } }] }`)).join("\n")}
  promql_expr_test:
${times.flatMap((time) => questions.map((expr) => `  - { eval_time: ${time}, expr: '${expr}', exp_samples: [{ labels: 'never{a="b"}', value: 1.5e300 }] }`)).join("\n")}
`;

const test1 = (fields: string) => `rule_files: [rules.yml]\ntests:\n- interval: 1m\n  ${fields}\n`;

const cases: readonly Case[] = [
  { name: "states, templates, records, ends of series", rules: everything, tests: shown },
  {
    name: "what passes",
    rules: everything,
    tests: test1(`${series.trim()}\n  alert_rule_test: [{ eval_time: 2m, alertname: Down }]`),
  },
  {
    name: "a rule that fails",
    rules: "groups: [{ name: g, rules: [{ record: r, expr: 'a[5m]' }] }]",
    tests: test1("input_series: [{ series: a, values: 1 }]"),
  },
  {
    name: "more alerts than the limit",
    rules: "groups: [{ name: g, limit: 1, rules: [{ alert: A, expr: a }] }]",
    tests: test1(
      "input_series: [{ series: 'a{x=\"1\"}', values: 1 }, { series: 'a{x=\"2\"}', values: 1 }]\n  promql_expr_test: [{ expr: a, eval_time: 1m }]",
    ),
  },
  {
    name: "alerts of the same labels",
    rules: "groups: [{ name: g, rules: [{ alert: A, expr: a, labels: { x: same } }] }]",
    tests: test1(
      "input_series: [{ series: 'a{x=\"1\"}', values: 1 }, { series: 'a{x=\"2\"}', values: 1 }]\n  promql_expr_test: [{ expr: a }]",
    ),
  },
  {
    name: "two rules that write the same",
    rules: "groups: [{ name: g, rules: [{ record: r, expr: 1 }, { record: r, expr: 2 }] }]",
    tests: test1("promql_expr_test: [{ expr: r }]"),
  },
  {
    name: "an expression that is refused",
    rules: "groups: [{ name: g, rules: [{ record: r, expr: 'sum(' }] }]",
    tests: test1("promql_expr_test: [{ expr: r }]"),
  },
];

const badRules: readonly (readonly [name: string, text: string])[] = [
  ["nothing", ""],
  ["good", everything],
  [
    "the same rule twice",
    "groups: [{ name: g, rules: [{ record: r, expr: 1, labels: { a: b } }, { record: r, expr: 2, labels: { a: b } }] }]",
  ],
  [
    "an expression",
    "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: rate(x)\n  - alert: B\n    expr: up ===== 1\n",
  ],
  ["record and alert", "groups:\n- name: g\n  rules:\n  - record: R\n    alert: A\n    expr: 1\n"],
  ["no expression", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: ''\n"],
  ["record with for", "groups:\n- name: g\n  rules:\n  - record: R\n    expr: 1\n    for: 1m\n"],
  ["a template", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: 1\n    annotations: { a: '{{ $label.x }}' }\n"],
  ["an unknown field", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: 1\n    annotation: {}\n"],
  ["no duration", "groups:\n- name: g\n  interval: 5x\n"],
  ["the same group twice", "groups:\n- name: g\n- name: g\n"],
  ["no YAML", "groups: ["],
];

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const dir = mkdtempSync(join(tmpdir(), "sightline-promtool-"));
after(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function ours(...args: readonly string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: ["rules", ...args],
    env: {},
    version: "test",
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    signal: new AbortController().signal,
    now: Date.now,
  });
  return { code, stdout, stderr: stderr.replace(/^\d+ files? of \d+ failed\n/m, "") };
}

let promtool: Awaited<ReturnType<typeof fromDebian>>;
before(async () => {
  promtool = await fromDebian("prometheus", "promtool");
});

function theirs(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(promtool.path, args, { env: environmentOf(promtool), timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

describe("rules test says what promtool test rules says", () => {
  for (const [at, { name, rules, tests }] of cases.entries()) {
    test(name, async () => {
      write(`${at}/rules.yml`, rules);
      const path = write(`${at}/tests.yml`, tests);
      const [want, got] = [await theirs("test", "rules", path), await ours("test", path)];
      assert.equal(got.stderr, want.stderr);
      assert.equal(got.code, want.code);
    });
  }
});

test("random rules over random series: every state, label and sample", async () => {
  const random = createRandom(5);
  for (let round = 0; round < 3; round++) {
    const { rules, tests } = randomRules(random);
    write(`random-${round}/rules.yml`, rules);
    const path = write(`random-${round}/tests.yml`, tests);
    const [want, got] = [await theirs("test", "rules", path), await ours("test", path)];
    assert.equal(got.stderr, want.stderr);
    assert.ok(want.stderr.split("\n").length > 300, "there is much to compare");
  }
});

test("rules check refuses what promtool check rules refuses", async () => {
  const paths = badRules.map(([name, text]) => write(`${name}.yml`, text));
  const [want, got] = [await theirs("check", "rules", ...paths), await ours("check", ...paths)];
  assert.equal(got.code, want.code);
  assert.equal(got.stdout, want.stdout, "what is fine");
  assert.equal(got.stderr.split("FAILED").length, want.stderr.split("FAILED").length);
});

test("what is plain Prometheus of the packs passes its tests in promtool", async () => {
  const plain = PACKS.map(({ name, rules, tests }) => {
    const groups = parseRuleFile(rules).file.groups.map((group) => ({
      ...group,
      rules: group.rules.flatMap(plainRule),
    }));
    const names = new Set(groups.flatMap((group) => group.rules.map((rule) => rule.name)));
    const [head = "", ...blocks] = tests.split(/(?=^ {2}- name: )/m);
    const kept = blocks.filter(
      (block) =>
        !block.includes("sightline:") &&
        [...block.matchAll(/alertname: (\S+)/g)].every(([, alert = ""]) => names.has(alert)),
    );
    write(`${name}/rules.yml`, formatRuleFile({ groups }));
    return { path: write(`${name}/tests.yml`, head + kept.join("")), count: kept.length };
  });
  assert.ok(plain.reduce((sum, { count }) => sum + count, 0) > 15);
  const { code, stderr } = await theirs("test", "rules", ...plain.map(({ path }) => path));
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});

/** The rule without what promtool does not know, if it can do without. */
function plainRule(rule: Rule): readonly AlertingRule[] {
  if (rule.kind !== "alerting" || rule.source.kind !== "query" || rule.source.language !== "promql") return [];
  return [{ ...rule, channels: [], recipients: [] }];
}
