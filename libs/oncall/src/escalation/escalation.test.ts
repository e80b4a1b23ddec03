import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, start } from "./advance.ts";
import { acknowledge, resolve, snooze } from "./interventions.ts";
import type { EscalationPolicy, EscalationStep, Target } from "./policy.ts";
import { BEGIN_MS, play, type World } from "./testing/timeline.ts";

const MINUTE_MS = 60_000;

const ann: Target = { kind: "user", user: "ann" };
const primary: Target = { kind: "schedule", schedule: "primary" };
const secondary: Target = { kind: "schedule", schedule: "secondary" };
const channel: Target = { kind: "receiver", receiver: "#incidents" };

function step(afterMinutes: number, targets: readonly Target[], given: Partial<EscalationStep> = {}): EscalationStep {
  return { delayMs: afterMinutes * MINUTE_MS, targets, severities: [], times: undefined, ...given };
}

function policy(steps: readonly EscalationStep[], given: Partial<EscalationPolicy> = {}): EscalationPolicy {
  return { name: "payments", steps, repeat: 0, repeatAfterMs: 30 * MINUTE_MS, ...given };
}

const threeSteps = policy([step(0, [primary, channel]), step(5, [secondary]), step(10, [ann])]);

function f(given: Partial<World>, lines: readonly string[], want: readonly string[]): void {
  const world = { policies: [threeSteps], onCall: { primary: "bob", secondary: "eve" }, ...given } as const;
  assert.deepEqual(play(world, lines), want);
}

const began = "0s the escalation payments began, for severity critical";
const firstStep = ["0s step 1 told bob, who is on call in primary", "0s step 1 told the receiver #incidents"];

test("step after step is told until none is left", () => {
  f(
    {},
    ["0s start critical", "1h look"],
    [
      began,
      ...firstStep,
      "5m step 2 told eve, who is on call in secondary",
      "15m step 3 told ann",
      "15m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("the steps begin again as often as the policy says", () => {
  const twice = policy([step(5, [primary]), step(5, [ann])], { repeat: 1 });
  f(
    { policies: [twice] },
    ["0s start critical", "3h look"],
    [
      began,
      "5m step 1 told bob, who is on call in primary",
      "10m step 2 told ann",
      "10m nobody acknowledged, so the steps begin again for round 2",
      "40m step 1 of round 2 told bob, who is on call in primary",
      "45m step 2 of round 2 told ann",
      "45m nobody acknowledged in 2 rounds; no step is left",
    ],
  );
});

test("who acknowledges or resolves ends it", () => {
  f(
    {},
    ["0s start critical", "3m acknowledge bob", "4m acknowledge eve", "1h resolve"],
    [began, ...firstStep, "3m bob acknowledged", "1h it was resolved"],
  );
  f(
    {},
    ["0s start critical", "5m resolve bob", "6m resolve", "1h look"],
    [began, ...firstStep, "5m step 2 told eve, who is on call in secondary", "5m bob resolved"],
  );
});

test("a snooze ends with its time, and the steps begin again", () => {
  f(
    {},
    ["0s start critical", "3m snooze bob 30m", "33m look", "34m resume bob", "35m resolve"],
    [
      began,
      ...firstStep,
      "3m bob snoozed it until 2026-11-02T11:33:00.000Z",
      "33m the snooze was over, so the steps begin again",
      "33m step 1 told bob, who is on call in primary",
      "33m step 1 told the receiver #incidents",
      "35m it was resolved",
    ],
  );
});

test("what was acknowledged, snoozed or exhausted can be resumed", () => {
  const one = policy([step(1, [primary])]);
  const told = (minute: number) => `${minute}m step 1 told bob, who is on call in primary`;
  const over = (minute: number) => `${minute}m nobody acknowledged in the only round; no step is left`;
  f(
    { policies: [one] },
    ["0s start critical", "5m resume eve", "5m acknowledge bob", "7m resume bob", "9m look"],
    [began, told(1), over(1), "5m eve resumed it", "5m bob acknowledged", "7m bob resumed it", told(8), over(8)],
  );
});

test("whom it is reassigned to is told at once, and has time before the next step", () => {
  f(
    {},
    ["0s start critical", "2m acknowledge bob", "4m reassign bob user zoe", "34m look", "35m resolve"],
    [
      began,
      ...firstStep,
      "2m bob acknowledged",
      "4m bob reassigned it to zoe",
      "4m zoe was told, since it was reassigned to them",
      "34m step 2 told eve, who is on call in secondary",
      "35m it was resolved",
    ],
  );
});

test("reassigned to another policy it begins with that one's first step", () => {
  const other = policy([step(1, [ann])], { name: "database" });
  f(
    { policies: [threeSteps, other] },
    ["0s start critical", "2m reassign bob policy database", "9m look"],
    [
      began,
      ...firstStep,
      "2m bob reassigned it to the escalation database",
      "3m step 1 told ann",
      "3m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("a step that reaches nobody does not wait for the next, and says why", () => {
  const onCall = { primary: null, secondary: "eve" };
  const steps = policy([step(0, [primary, { kind: "schedule", schedule: "gone" }]), step(30, [secondary])]);
  f(
    { policies: [steps], onCall },
    ["0s start critical"],
    [
      began,
      "0s step 1 told nobody by the schedule primary: nobody is on call",
      "0s step 1 told nobody by the schedule gone: there is no schedule of that name",
      "0s step 1 reached nobody, so the next one did not wait",
      "0s step 2 told eve, who is on call in secondary",
      "0s nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("a step tells everybody once, each step anew", () => {
  const same = policy([step(0, [primary, secondary, { kind: "user", user: "bob" }]), step(1, [primary])]);
  f(
    { policies: [same], onCall: { primary: "bob", secondary: "bob" } },
    ["0s start critical", "1m look"],
    [
      began,
      "0s step 1 told bob, who is on call in primary",
      "0s step 1 told nobody by the schedule secondary: this step has told them already",
      "0s step 1 told nobody by bob: this step has told them already",
      "1m step 2 told bob, who is on call in primary",
      "1m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("a step that is not for the severity is left out, and its time passes all the same", () => {
  const steps = policy([step(0, [primary]), step(5, [secondary], { severities: ["critical"] }), step(5, [ann])]);
  f(
    { policies: [steps] },
    ["0s start warning", "1h look"],
    [
      "0s the escalation payments began, for severity warning",
      "0s step 1 told bob, who is on call in primary",
      "5m step 2 was left out: it is not for alerts of this severity",
      "10m step 3 told ann",
      "10m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("a step counts in its times, or outside of them, on the wall of their zone", () => {
  const windows = [{ kind: "day", weekdays: [], from: "12:00", to: "13:00" }] as const;
  const times = (inside: boolean) => ({ times: { timeZone: "Europe/Berlin", windows, inside } });
  const steps = policy([
    step(59, [primary], times(true)),
    step(1, [primary], times(true)),
    step(0, [ann], times(false)),
    step(0, [secondary], { times: { timeZone: "UTC", windows, inside: false } }),
  ]);
  f(
    { policies: [steps] },
    ["0s start critical", "2h look"],
    [
      began,
      "59m step 1 told bob, who is on call in primary",
      "1h step 2 was left out: it counts only at other times",
      "1h step 3 told ann",
      "1h step 4 was left out: it does not count at this time",
      "1h nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("what becomes more severe when no step is left has the steps begin again", () => {
  const steps = policy([step(0, [channel]), step(1, [ann], { severities: ["critical"] })]);
  f(
    { policies: [steps] },
    ["0s start warning", "1h worsen critical", "2h worsen critical", "3h worsen error", "4h look"],
    [
      "0s the escalation payments began, for severity warning",
      "0s step 1 told the receiver #incidents",
      "1m step 2 was left out: it is not for alerts of this severity",
      "1m nobody acknowledged in the only round; no step is left",
      "1h its severity is critical now, so the steps begin again",
      "1h step 1 told the receiver #incidents",
      "61m step 2 told ann",
      "61m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("while steps still come, those that were left out for the severity are made up for at once", () => {
  const critical = { severities: ["critical"] } as const;
  const steps = policy([step(0, [channel]), step(1, [ann], critical), step(1, [primary], critical), step(5, [ann])]);
  f(
    { policies: [steps], onCall: { primary: null } },
    ["0s start warning", "3m worsen critical", "1h look"],
    [
      "0s the escalation payments began, for severity warning",
      "0s step 1 told the receiver #incidents",
      "1m step 2 was left out: it is not for alerts of this severity",
      "2m step 3 was left out: it is not for alerts of this severity",
      "3m its severity is critical now",
      "3m step 2 told ann",
      "3m step 3 told nobody by the schedule primary: nobody is on call",
      "3m step 3 reached nobody, so the next one did not wait",
      "7m step 4 told ann",
      "7m nobody acknowledged in the only round; no step is left",
    ],
  );
});

test("between two rounds all steps have passed; who has it is told by none", () => {
  const steps = policy([step(0, [channel]), step(1, [ann], { severities: ["critical"] })], { repeat: 1 });
  f(
    { policies: [steps] },
    ["0s start warning", "2m worsen error", "3m worsen critical", "4m acknowledge ann", "1h look"],
    [
      "0s the escalation payments began, for severity warning",
      "0s step 1 told the receiver #incidents",
      "1m step 2 was left out: it is not for alerts of this severity",
      "1m nobody acknowledged, so the steps begin again for round 2",
      "2m its severity is error now",
      "3m its severity is critical now",
      "3m step 2 of round 2 told ann",
      "4m ann acknowledged",
    ],
  );
  f(
    { policies: [steps] },
    ["0s start warning", "2m acknowledge ann", "3m worsen critical", "1h look"],
    [
      "0s the escalation payments began, for severity warning",
      "0s step 1 told the receiver #incidents",
      "1m step 2 was left out: it is not for alerts of this severity",
      "1m nobody acknowledged, so the steps begin again for round 2",
      "2m ann acknowledged",
      "3m its severity is critical now",
    ],
  );
});

test("when we are late nobody is passed over: delays count from when a step was carried out", () => {
  const onCall = () => ({ kind: "user", user: "bob" }) as const;
  const late = advance(start({ policy: threeSteps, severity: "critical", nowMs: BEGIN_MS }).state, {
    policy: threeSteps,
    nowMs: BEGIN_MS + 60 * MINUTE_MS,
    onCall,
  });
  assert.deepEqual(late.tell, [{ kind: "user", user: "bob" }, channel]);
  assert.equal(late.state.dueAtMs, BEGIN_MS + 65 * MINUTE_MS);
  const early = advance(late.state, { policy: threeSteps, nowMs: BEGIN_MS + 64 * MINUTE_MS, onCall });
  assert.deepEqual(early, { state: late.state, tell: [], decisions: [] });
});

test("a policy that has fewer steps than before ends", () => {
  const begun = start({ policy: threeSteps, severity: "critical", nowMs: BEGIN_MS }).state;
  const atThird = { ...begun, step: 2 };
  const shorter = policy([step(0, [ann])]);
  const after = advance(atThird, { policy: shorter, nowMs: BEGIN_MS, onCall: () => ({ kind: "nobody" }) });
  assert.equal(after.state.status, "exhausted");
  assert.deepEqual(after.tell, []);
});

test("everybody who was told is known when it is resolved, once", () => {
  const begun = start({ policy: threeSteps, severity: "critical", nowMs: BEGIN_MS }).state;
  const onCall = () => ({ kind: "user", user: "ann" }) as const;
  let state = begun;
  while (state.dueAtMs !== null) state = advance(state, { policy: threeSteps, nowMs: state.dueAtMs, onCall }).state;
  const resolved = resolve(state, { by: "", note: "", nowMs: state.dueAtMs ?? BEGIN_MS }).state;
  assert.deepEqual(resolved.told, [{ kind: "user", user: "ann" }, channel]);
});

test("what is resolved stays so, and a snooze has to end later", () => {
  const begun = start({ policy: threeSteps, severity: "critical", nowMs: BEGIN_MS }).state;
  const doing = { by: "ann", note: "", nowMs: BEGIN_MS };
  const resolved = resolve(begun, doing).state;
  assert.throws(() => acknowledge(resolved, doing), {
    code: "failed_precondition",
    message: "cannot acknowledge escalation: got a resolved one, want one that is open",
  });
  assert.throws(() => snooze(begun, { ...doing, untilMs: BEGIN_MS }), {
    code: "invalid_argument",
    message: `cannot snooze escalation: until: got 2026-11-02T11:00:00.000Z, want a time after 2026-11-02T11:00:00.000Z`,
  });
});
