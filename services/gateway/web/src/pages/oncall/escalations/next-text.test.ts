import assert from "node:assert/strict";
import { test } from "node:test";
import type { Escalation } from "../../../api/escalations.ts";
import type { Policy } from "../../../api/oncall-types.ts";
import { nextText, toldText } from "./next-text.ts";

const escalation: Escalation = {
  escalationId: "e",
  receiver: "payments",
  groupKey: "{}",
  groupLabels: {},
  title: "",
  policy: "payments",
  severity: "error",
  status: "running",
  round: 1,
  nextStep: 2,
  due: null,
  assignee: "",
  told: [],
  begun: "2026-11-21T10:00:00Z",
  ended: null,
  firingAlerts: 1,
};

const step = (user: string) => ({
  delaySeconds: 0,
  targets: [{ kind: "user" as const, user }],
  severities: [],
  times: null,
});
const policy: Policy = {
  name: "payments",
  description: "",
  steps: [step("ann"), step("bob")],
  repeat: 1,
  repeatAfterSeconds: 60,
  revision: 1,
  changed: null,
  changedBy: "",
};

test("what happens next is said by whom the policy's next step names", () => {
  const cases: readonly (readonly [Partial<Escalation>, readonly Policy[], string])[] = [
    [{}, [policy], "bob (step 2 of 2)"],
    [{ nextStep: 1, round: 2 }, [policy], "ann (step 1 of 2), for the 2nd time"],
    [{ nextStep: 1, round: 12 }, [{ ...policy, steps: [step("ann")] }], "ann, for the 12th time"],
    [{}, [], "step 2"],
    [{ status: "snoozed" }, [policy], "the steps begin again"],
    [{ status: "acknowledged" }, [policy], ""],
    [{ status: "exhausted" }, [policy], ""],
  ];
  for (const [fields, policies, want] of cases) assert.equal(nextText({ ...escalation, ...fields }, policies), want);
});

test("who was told is a sentence's part", () => {
  const ann = { kind: "user", user: "ann" } as const;
  const mail = { kind: "receiver", receiver: "mail" } as const;
  assert.equal(toldText([]), "nobody yet");
  assert.equal(toldText([ann]), "ann");
  assert.equal(toldText([ann, mail]), "ann and the receiver mail");
});
