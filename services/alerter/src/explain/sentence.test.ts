import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToldDecision } from "../dispatch/decision-store.ts";
import { alertText, sentenceOf } from "./sentence.ts";

const atMs = Date.UTC(2026, 0, 5, 3, 12);
const cases: readonly (readonly [Partial<ToldDecision> & Pick<ToldDecision, "step" | "reason">, string])[] = [
  [{ step: "received", reason: "it is new" }, "The alert came in: it is new."],
  [
    { step: "waiting", reason: "its group waits for more alerts", dueAtMs: atMs + 30_000 },
    "Its group waits for more alerts until 2026-01-05 03:12:30 UTC.",
  ],
  [
    { step: "silenced", reason: "a silence matches it", receiver: "ops", ids: ["s1"] },
    "Not told to ops: the silence s1 matches it.",
  ],
  [
    {
      step: "attempted",
      reason: "the receiver did not take it",
      receiver: "ops",
      integration: "webhook[0]",
      detail: "attempt 2: 500 no",
    },
    "Attempt 2 to ops (webhook[0]): 500 no.",
  ],
  [
    { step: "failed", reason: "it was not delivered", receiver: "ops", integration: "webhook[0]", detail: "500 no" },
    "The notification to ops (webhook[0]) was not delivered: 500 no.",
  ],
  [{ step: "acknowledged", reason: "somebody takes care of it", detail: "ada: on it" }, "Acknowledged by ada: on it."],
  [{ step: "rule_failed", reason: "no such metric", detail: "up" }, "Rule failed: no such metric (up)."],
];

for (const [decision, want] of cases) {
  test(`a decision in words: ${want}`, () => {
    assert.equal(sentenceOf({ atMs, ...decision }), want);
  });
}

test("an alert is named with some of its labels", () => {
  assert.equal(alertText({ alertname: "Down" }), "Down");
  assert.equal(
    alertText({ alertname: "Down", a: "1", b: "2", c: "3", d: "4", e: "5" }),
    'Down {a="1", b="2", c="3", d="4", and 1 more}',
  );
});
