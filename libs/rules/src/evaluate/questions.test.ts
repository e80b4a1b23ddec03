import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { createExpandTemplate } from "../template/alert-template.ts";
import { evaluateGroup } from "./evaluate-group.ts";
import { planGroup } from "./plan.ts";
import type { Queries, Question } from "./queries.ts";
import { questionsOf } from "./questions.ts";
import { emptyGroupState } from "./state.ts";

const atMs = 1_700_000_000_000;

const everyKind = `
groups:
- name: every kind
  query_offset: 30s
  rules:
  - { record: "job:up:sum", expr: sum by (job) (up) }
  - { alert: Down, expr: up == 0 }
  - { alert: Slow, sightline: { slo: { objective: 99.9, window: 30d, error_ratio: "rate(errors[$window])" } } }
  - { alert: Changed, sightline: { change: { expr: sum(up), offset: 1d, above_percent: 20 } } }
  - { alert: Failing, sightline: { checks: { success_rate: "success", consecutive_failures: "failures" } } }
  - { alert: Both, sightline: { composite: { condition: Down and Slow } } }
  - { alert: Logs, sightline: { logql: 'sum(rate({app="a"}[1m]))' } }
`;

test("what is asked ahead is what an evaluation asks, at the same times", async () => {
  const { file, problems } = parseRuleFile(everyKind);
  assert.deepEqual(problems, []);
  const [group] = file.groups;
  assert.ok(group !== undefined);
  const plan = planGroup(group);
  const asked: Question[] = [];
  const queries: Queries = {
    async instant(question) {
      asked.push(question);
      return [];
    },
  };
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl: "", query: async () => [] });
  const sources = { queries, firing: () => [], signal: new AbortController().signal };
  await evaluateGroup(plan, emptyGroupState, { atMs, clock: () => atMs, sources, expand });
  const ahead = await questionsOf(plan, atMs);
  assert.deepEqual(ahead, asked);
  assert.ok(ahead.length > 12, `${ahead.length} questions`);
  assert.deepEqual(
    new Set(ahead.map((question) => question.atMs)),
    new Set([atMs - 30_000, atMs - 30_000 - 86_400_000]),
  );
});

test("what may be about something that a rule before it records is not asked ahead", async () => {
  const { file } = parseRuleFile(`
groups:
- name: chain
  rules:
  - { alert: Early, expr: "job:up:sum < 1" }
  - { record: "job:up:sum", expr: sum by (job) (up) }
  - { alert: Late, expr: "job:up:sum < 2" }
  - { alert: Other, expr: "down > 3" }
  - { alert: Any, expr: '{__name__=~"job:.*"} < 4' }
  - { alert: Alerts, expr: "count(ALERTS) > 5" }
`);
  const [group] = file.groups;
  assert.ok(group !== undefined);
  const ahead = await questionsOf(planGroup(group), atMs);
  assert.deepEqual(
    ahead.map(({ text }) => text),
    ["job:up:sum < 1", "sum by (job) (up)", "down > 3"],
  );
});
