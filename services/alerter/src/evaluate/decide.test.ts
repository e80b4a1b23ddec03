import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, type Known, type Observation } from "./decide.ts";

const observations: ReadonlyMap<string, Observation> = new Map<string, Observation>([
  ["holds", { kind: "holds" }],
  ["ended", { kind: "ended", reason: "condition_ended" }],
  ["gone", { kind: "ended", reason: "series_gone" }],
  ["unknown", { kind: "unknown" }],
]);

/**
 * Plays a time line: each line is a second, what was observed then, or what somebody did, and what the decision must
 * be: "-> state because reason", or "because reason" when nothing moves.
 */
function play(forSeconds: number, script: string): void {
  let known: Known | undefined;
  for (const line of script.trim().split("\n")) {
    const [, second, word = "", want, reason] = /at (\d+)s +(\w+)(?:: (?:-> (\w+) )?because (\w+))?/.exec(line) ?? [];
    const nowMs = Number(second) * 1000;
    if (word === "acknowledge") {
      assert.ok(known, line);
      known = { ...known, state: "acknowledged" };
      continue;
    }
    const observation = observations.get(word);
    assert.ok(observation, line);
    const decision = decide(known, observation, { nowMs, forMs: forSeconds * 1000 });
    assert.equal(decision.move, want, line);
    assert.equal(decision.reason, reason, line);
    if (decision.move === "resolved") known = undefined;
    else if (decision.move !== undefined) known = { state: decision.move, sinceMs: known?.sinceMs ?? nowMs };
  }
}

test("fires only after it held for long enough, and resolves", () => {
  play(
    300,
    `
    at 0s   ended: because quiet
    at 15s  holds: -> pending because condition_began
    at 30s  holds: because still_waiting
    at 314s holds: because still_waiting
    at 315s holds: -> firing because held_long_enough
    at 330s holds: because still_holds
    at 345s ended: -> resolved because condition_ended
    at 360s ended: because quiet
    `,
  );
});

test("a condition that does not last begins anew", () => {
  play(
    60,
    `
    at 0s   holds: -> pending because condition_began
    at 45s  ended: -> resolved because condition_ended
    at 50s  holds: -> pending because condition_began
    at 100s holds: because still_waiting
    at 110s holds: -> firing because held_long_enough
    `,
  );
});

test("without anything to wait for it fires at once", () => {
  play(
    0,
    `
    at 0s  holds: -> firing because nothing_to_wait_for
    at 15s gone: -> resolved because series_gone
    `,
  );
});

test("an acknowledged alert stays so until it is over", () => {
  play(
    0,
    `
    at 0s  holds: -> firing because nothing_to_wait_for
    at 5s  acknowledge
    at 15s holds: because still_holds
    at 30s ended: -> resolved because condition_ended
    at 45s holds: -> firing because nothing_to_wait_for
    `,
  );
});

test("an outage of ours neither fires nor resolves, and does not make it wait anew", () => {
  play(
    60,
    `
    at 0s   unknown: because not_observed
    at 15s  holds: -> pending because condition_began
    at 30s  unknown: because not_observed
    at 90s  unknown: because not_observed
    at 105s holds: -> firing because held_long_enough
    at 120s unknown: because not_observed
    at 135s ended: -> resolved because condition_ended
    `,
  );
});
