import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { evaluateGroup } from "./evaluate-group.ts";
import { planGroup } from "./plan.ts";
import { shiftState } from "./shift-state.ts";
import { emptyGroupState, type GroupState } from "./state.ts";

const minute = 60_000;

/** A rule that holds always and waits for five minutes, evaluated each minute by a clock that is set after so many evaluations. */
async function statesOf(setAfter: number, byMs: number, evaluations: number): Promise<readonly string[]> {
  const [group] = parseRuleFile("groups: [{ name: g, rules: [{ alert: A, expr: x, for: 5m }] }]").file.groups;
  if (group === undefined) throw new Error("got no group");
  const plan = planGroup(group);
  const { signal } = new AbortController();
  const queries = { instant: async () => [{ labels: {}, value: 1 }] };
  const sources = { queries, signal, firing: () => [] };
  const states: string[] = [];
  let state: GroupState = emptyGroupState;
  let nowMs = 1_000_000 * minute;
  for (let at = 0; at < evaluations; at++) {
    if (at === setAfter) {
      nowMs += byMs;
      state = shiftState(state, byMs);
    }
    ({ state } = await evaluateGroup(plan, state, {
      atMs: nowMs,
      clock: () => nowMs,
      sources,
      expand: (text) => text,
    }));
    states.push(state.rules[0]?.instances[0]?.state ?? "");
    nowMs += minute;
  }
  return states;
}

describe("a clock that is set", () => {
  const steady = ["pending", "pending", "pending", "pending", "pending", "firing", "firing"];
  for (const [name, byMs] of [
    ["an hour back", -60 * minute],
    ["an hour on", 60 * minute],
    ["not at all", 0],
  ] as const) {
    test(`${name}, while an alert waits and while it fires`, async () => {
      assert.deepEqual(await statesOf(2, byMs, 7), steady);
      assert.deepEqual(await statesOf(6, byMs, 7), steady);
    });
  }
});
