import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Decision, RuleNote } from "@sightline/rules/evaluate/decision";
import { planGroup } from "@sightline/rules/evaluate/plan";
import { emptyGroupState } from "@sightline/rules/evaluate/state";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { labelsKey } from "@sightline/rules/labels";
import { transitionsOf } from "./alert-transition.ts";
import { groupKeyOf, ruleIdOf, shardOf } from "./group-id.ts";
import { decisionsOf } from "./rule-decisions.ts";

const id = { tenant: "acme", file: "a.yml", group: "g" };
const [group] = parseRuleFile("groups: [{ name: g, rules: [{ alert: A, expr: x }] }]").file.groups;
const startMs = Date.UTC(2026, 0, 1);

function decision(change: Partial<Decision>): Decision {
  const labels = { alertname: "A", instance: "a" };
  const about = {
    type: "alert",
    group: "g",
    rule: "A",
    ruleId: "A\u0003",
    kind: "condition",
    labels,
    value: 1,
  } as const;
  const step = { from: "inactive", to: "firing", reason: "nothing_to_wait_for" } as const;
  return { ...about, ...step, atMs: startMs, detectedAtMs: startMs, isProvisional: false, ...change };
}

function stepsOf(...records: readonly (Decision | RuleNote)[]) {
  if (group === undefined) throw new Error("got no group");
  return transitionsOf(id, planGroup(group), { state: emptyGroupState, records });
}

describe("what follows from decisions of rules", () => {
  test("one that waits again is over for whoever was told that it fires", () => {
    const again = decision({ from: "firing", to: "pending", reason: "for_was_extended" });
    assert.deepEqual(
      stepsOf(again).map(({ to }) => to),
      ["resolved", "pending"],
    );
  });

  test("rules that are alike share their alerts, which go on as long as they do for any of them", () => {
    const { ruleId, labels } = decision({});
    const twin = {
      kind: "condition",
      key: labelsKey(labels),
      labels,
      annotations: {},
      value: 1,
      activeAtMs: 1,
    } as const;
    const targets = (left: "pending" | "firing", change: Partial<Decision>) => {
      const rules = [{ id: ruleId, health: "ok", instances: [{ ...twin, state: left }] }] as const;
      const evaluated = { state: { rules }, records: [decision(change)] };
      return transitionsOf(id, { name: "g", queryOffsetMs: 0, limit: 0, rules: [] }, evaluated).map(({ to }) => to);
    };
    const ended = { from: "firing", to: "inactive", reason: "condition_ended" } as const;
    assert.deepEqual(targets("firing", ended), []);
    assert.deepEqual(targets("pending", ended), ["resolved", "pending"]);
    assert.deepEqual(targets("pending", { ...ended, from: "pending" }), []);
    assert.deepEqual(targets("firing", { ...ended, to: "pending" }), []);
  });

  test("notes of rules are no steps of alerts", () => {
    const note = { type: "rule_failed", group: "g", rule: "A", message: "no", atMs: startMs } as const;
    assert.deepEqual(stepsOf(note), []);
    assert.deepEqual(decisionsOf(id, [note]), [
      {
        step: "rule",
        groupKey: "rules: a.yml, g",
        atMs: startMs,
        reason: "a rule of its group cannot be evaluated",
        fingerprints: [],
        detail: "rule A: no",
      },
    ]);
  });

  for (const [severity, want] of [
    ["page", "critical"],
    ["info", "info"],
    ["whatever", "warning"],
  ] as const) {
    test(`severity: ${severity} is kept as ${want}`, () => {
      const [step] = stepsOf(decision({ labels: { alertname: "A", severity } }));
      assert.equal(step?.severity, want);
    });
  }

  test("what Postgres and JSON cannot keep is replaced, and what came late says so", () => {
    const late = {
      labels: { alertname: "A\u0000", x: "\ud800" },
      value: "NaN",
      detectedAtMs: startMs + 3600_000,
    } as const;
    const [step] = stepsOf(decision({ ...late, reason: "fired_late" }));
    assert.deepEqual(step?.labels, { alertname: "A\ufffd", x: "\ufffd" });
    assert.ok(Number.isNaN(step?.value));
    assert.equal(step?.note, "data that came late show that it fired; true at 2026-01-01T00:00:00.000Z");
  });

  test("of very many decisions at once a bounded number is kept, and that there were more", () => {
    const many = Array.from({ length: 3000 }, (_, at) => decision({ labels: { alertname: "A", at: String(at) } }));
    const kept = decisionsOf(id, many);
    assert.equal(kept.length, 2001);
    assert.equal(kept.at(-1)?.detail, "1000 more decisions were made at once, which are not kept");
  });

  test("ids and shards are the same everywhere and at any time", () => {
    assert.equal(ruleIdOf(id, "A\u0003"), "2a6a1732-7c07-83cf-ad2c-6234c463152d");
    assert.equal(shardOf(id), 9);
    assert.equal(groupKeyOf(id), '["acme","a.yml","g"]');
  });
});
