import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileRule, RuleGroup } from "../../../api/rule-files.ts";
import { healthOf } from "./rule-health.ts";

const rule: FileRule = {
  name: "Down",
  type: "alerting",
  kind: "promql",
  query: "up == 0",
  labels: {},
  forSeconds: 0,
  state: "inactive",
  health: "ok",
  lastError: "",
  evaluatedAt: null,
  durationMs: 1,
  alerts: [],
};

function group(rules: readonly Partial<FileRule>[], more: Partial<RuleGroup> = {}): RuleGroup {
  const evaluatedAt = "2026-11-21T03:00:00Z";
  const all = rules.map((changes) => ({ ...rule, ...changes }));
  return { file: "f", name: "g", intervalSeconds: 30, evaluatedAt, durationMs: 1, outage: null, rules: all, ...more };
}

test("what fires and what fails is counted, the oldest evaluation counts", () => {
  const groups = [
    group([{ alerts: [{ state: "firing" }, { state: "pending" }] }, { health: "error", lastError: "no such metric" }]),
    group([{ alerts: [{ state: "firing" }] }, { health: "unknown" }], { evaluatedAt: "2026-11-21T02:00:00Z" }),
  ];
  assert.deepEqual(healthOf(groups), {
    rules: 4,
    failing: 1,
    unknown: 1,
    firing: 2,
    pending: 1,
    evaluatedAt: "2026-11-21T02:00:00Z",
    lastError: "Down: no such metric",
  });
});

test("a group that was never evaluated is not hidden by others, nor is an outage", () => {
  const health = healthOf([
    group([{}]),
    group([{}], { evaluatedAt: null, outage: { since: null, message: "storage is away" } }),
  ]);
  assert.equal(health.evaluatedAt, null);
  assert.equal(health.lastError, "storage is away");
});
