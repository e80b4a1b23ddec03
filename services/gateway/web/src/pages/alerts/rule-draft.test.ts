import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "../../api/alert-types.ts";
import { draftOf, mapOf, missingIn, ruleOf } from "./rule-draft.ts";

const rule: Rule = {
  ruleId: "r1",
  name: "Service down",
  description: "",
  severity: "error",
  event: {
    expression: "severity == 'error'",
    thresholdCount: 3,
    thresholdWindowSeconds: 300,
    groupBy: ["target"],
    resolveExpression: "",
  },
  labels: { team: "ops", url: "a=b" },
  annotations: {},
  channels: ["console"],
  enabled: true,
  lastEvaluated: null,
  lastError: "",
};

test("a rule goes through a draft unchanged, with its one condition", () => {
  assert.deepEqual(ruleOf(draftOf(rule)), rule);
  const switched = ruleOf({ ...draftOf(rule), kind: "metric" });
  assert.equal(switched.event, undefined);
  assert.ok(switched.metric);
});

test("says what is missing", () => {
  assert.equal(missingIn(draftOf()), "Give the rule a name.");
  assert.equal(missingIn({ ...draftOf(), name: "x" }), "Choose a metric.");
  assert.equal(missingIn({ ...draftOf(), name: "x", kind: "event" }), "Write the expression.");
  assert.equal(missingIn(draftOf(rule)), "");
});

test("pairs without a value have an empty one", () => {
  assert.deepEqual(mapOf(["a", " b = c=d "]), { a: "", b: "c=d" });
});
