import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { planGroup } from "@sightline/rules/evaluate/plan";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { askAhead } from "./ask-ahead.ts";
import type { RuleQueries } from "./rule-queries.ts";

const [group] = parseRuleFile(`
groups:
- name: g
  rules:
  - { alert: A, expr: up == 0 }
  - { alert: B, expr: down == 1 }
  - { alert: Again, expr: up == 0 }
  - { alert: Logs, sightline: { logql: 'sum(rate({app="a"}[1m]))' } }
`).file.groups;
const { signal } = new AbortController();

async function ahead(answer: RuleQueries["instant"]) {
  assert.ok(group !== undefined);
  return askAhead({ queries: { instant: answer }, tenant: "default", plan: planGroup(group), atMs: 7, signal });
}

test("PromQL is asked before it is waited for, once; everything else when it is its turn", async () => {
  const asked: string[] = [];
  const queries = await ahead(async (_, { text, atMs }) => {
    asked.push(`${text} ${atMs}`);
    return [{ labels: {}, value: asked.length }];
  });
  assert.deepEqual(asked, ["up == 0 7", "down == 1 7"]);
  const promql = { language: "promql", atMs: 7 } as const;
  assert.equal((await queries.instant({ ...promql, text: "down == 1" }, signal))[0]?.value, 2);
  assert.equal((await queries.instant({ ...promql, text: "up == 0" }, signal))[0]?.value, 1);
  assert.equal((await queries.instant({ ...promql, text: "up" }, signal))[0]?.value, 3);
  assert.equal((await queries.instant({ ...promql, text: "up == 0", atMs: 8 }, signal))[0]?.value, 4);
  const logql = { language: "logql", text: 'sum(rate({app="a"}[1m]))', atMs: 7 } as const;
  assert.equal((await queries.instant(logql, signal))[0]?.value, 5);
});

test("who waits hears what failed; what nobody waits for disturbs nobody", async () => {
  const queries = await ahead(() => Promise.reject(unavailable("away")));
  const question = { language: "promql", text: "up == 0", atMs: 7 } as const;
  await assert.rejects(queries.instant(question, signal), (thrown) => AppError.from(thrown).code === "unavailable");
});
