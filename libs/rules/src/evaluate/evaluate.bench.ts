// What the states of alerts cost: ten thousand rules evaluated once, their questions answered from memory, and fifty thousand alerts of one rule.
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { createExpandTemplate } from "../template/alert-template.ts";
import { evaluateGroup } from "./evaluate-group.ts";
import { type GroupPlan, planGroup } from "./plan.ts";
import type { Queries, Vector } from "./queries.ts";
import { emptyGroupState, type GroupState } from "./state.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const rulesOfGroup = 100;
const { signal } = new AbortController();

interface Case {
  readonly name: string;
  readonly rules: number;
  /** How many alerts each rule has. */
  readonly alerts: number;
  readonly annotation: string;
}

const cases: readonly Case[] = [
  { name: "quiet_rules", rules: 10_000, alerts: 0, annotation: "plain" },
  { name: "active_rules", rules: 10_000, alerts: 1, annotation: "plain" },
  {
    name: "active_rules_with_template",
    rules: 10_000,
    alerts: 1,
    annotation: "{{ $labels.instance }} has {{ $value }}",
  },
  { name: "many_alerts", rules: 1, alerts: 50_000, annotation: "plain" },
];

interface Group {
  readonly plan: GroupPlan;
  state: GroupState;
}

for (const one of cases) {
  const groups = groupsOf(one);
  const vector: Vector = Array.from({ length: one.alerts }, (_, i) => ({
    labels: { __name__: "x", instance: `10.0.0.${i}:9100`, job: "api", zone: "eu" },
    value: 1,
  }));
  const values: number[] = [];
  for (let run = 0; run < RUNS + 3; run++) {
    const before = process.cpuUsage();
    await evaluate(groups, vector, run * 30_000);
    const { user, system } = process.cpuUsage(before);
    // The first ones are not compiled yet, and make the alerts.
    if (run >= 3) values.push((user + system) / 1000);
  }
  print(one, values);
}

function groupsOf({ rules, annotation }: Case): readonly Group[] {
  const inGroup = Math.min(rules, rulesOfGroup);
  return Array.from({ length: rules / inGroup }, (_, at) => {
    const lines = Array.from({ length: inGroup }, (_, i) => {
      const fields = `for: 5m, labels: { severity: page, team: a }, annotations: { summary: "${annotation}" }`;
      return `  - { alert: Alert${at}_${i}, expr: x > 0, ${fields} }`;
    });
    const [group] = parseRuleFile(`groups:\n- name: g${at}\n  rules:\n${lines.join("\n")}\n`).file.groups;
    if (group === undefined) throw new Error("cannot make rules: got no group");
    return { plan: planGroup(group), state: emptyGroupState };
  });
}

async function evaluate(groups: readonly Group[], vector: Vector, atMs: number): Promise<void> {
  const queries: Queries = { instant: async () => vector };
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl: "", query: async () => [] });
  const sources = { queries, signal, firing: () => [] };
  for (const group of groups) {
    const { state } = await evaluateGroup(group.plan, group.state, { atMs, clock: () => atMs, sources, expand });
    group.state = state;
  }
}

function print({ name, rules, alerts }: Case, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Number(value.toPrecision(4));
  const figure = {
    bench: "rules",
    metric: `${name}_cpu_milliseconds`,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    unit: "ms",
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: { node: process.version, rules, alerts: rules * alerts },
  };
  console.log(JSON.stringify(figure));
}
