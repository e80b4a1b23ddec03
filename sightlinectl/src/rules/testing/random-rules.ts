import type { Random } from "@sightline/testkit/random";

/** Rules over series that come and go, and tests that expect nothing of it, so that all that comes is shown. */
export function randomRules(random: Random): { readonly rules: string; readonly tests: string } {
  const rules = Array.from({ length: 5 }, (_, n) => randomAlert(random, n));
  const series = ["x", "y"].flatMap((name) =>
    ["a", "b", "c"].map((i) => `  - { series: '${name}{i="${i}"}', values: "${randomValues(random)}" }`),
  );
  const minutes = Array.from({ length: 30 }, (_, minute) => minute);
  const alertTests = minutes.flatMap((minute) =>
    rules.map((_, n) => `  - { eval_time: ${minute}m, alertname: A${n}, exp_alerts: [{ exp_labels: { never: t } }] }`),
  );
  const expressionTests = minutes.flatMap((minute) =>
    ["ALERTS", "ALERTS_FOR_STATE", "job:x"].map(
      (expr) => `  - { eval_time: ${minute}m, expr: '${expr}', exp_samples: [{ labels: never, value: 1 }] }`,
    ),
  );
  return {
    rules: [
      "groups:",
      "- name: records",
      "  rules: [{ record: 'job:x', expr: avg(x) by (i) }]",
      "- name: alerts",
      `  limit: ${random.pick([0, 0, 3])}`,
      "  rules:",
      ...rules,
    ].join("\n"),
    tests: [
      "rule_files: [rules.yml]",
      "group_eval_order: [records, alerts]",
      "tests:",
      "- interval: 1m",
      "  input_series:",
      ...series,
      "  alert_rule_test:",
      ...alertTests,
      "  promql_expr_test:",
      ...expressionTests,
    ].join("\n"),
  };
}

/** Without `rate`, of which Prometheus 3 extrapolates a little differently. */
function randomAlert(random: Random, n: number): string {
  const expr = random.pick([
    "x > 5",
    "x",
    "sum by (i) (x) > 5",
    "absent(x)",
    "x unless y",
    "x and on(i) y",
    "job:x > 3",
    'ALERTS{alertname="A0"}',
    "x == bool 7",
    "-x < -5",
    "max_over_time(x[2m1s]) > 8",
  ]);
  const label = random.pick(["p", "{{ $labels.i }}", "{{ $value }}", ""]);
  return `  - alert: A${n}
    expr: ${expr}
    for: ${random.pick(["0s", "1m", "2m", "90s", "5m"])}
    keep_firing_for: ${random.pick(["0s", "0s", "2m", "3m"])}
    labels: { s: "${label}" }
    annotations: { a: "{{ $value | humanize }} {{ $labels.i }}" }`;
}

function randomValues(random: Random): string {
  return Array.from({ length: 30 }, () => random.pick(["_", "stale", "7", "7", ...digits])).join(" ");
}

const digits = ["0", "1", "2", "3", "4", "5", "6", "8", "9", "10"];
