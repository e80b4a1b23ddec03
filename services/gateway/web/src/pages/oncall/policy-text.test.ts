import assert from "node:assert/strict";
import { test } from "node:test";
import type { Policy } from "../../api/oncall-types.ts";
import { policyText } from "./policy-text.ts";

const step = { delaySeconds: 0, severities: [], times: null };
const policy: Policy = {
  name: "default",
  description: "",
  steps: [{ ...step, targets: [{ kind: "schedule", schedule: "payments" }] }],
  repeat: 0,
  repeatAfterSeconds: 1800,
  revision: 1,
  changed: null,
  changedBy: "",
};

test("a policy reads as what it does", () => {
  assert.equal(policyText(policy), "on call in payments");
  const steps: Policy["steps"] = [
    ...policy.steps,
    {
      ...step,
      delaySeconds: 300,
      severities: ["critical"],
      targets: [
        { kind: "user", user: "ann" },
        { kind: "receiver", receiver: "#ops" },
      ],
    },
  ];
  assert.equal(
    policyText({ ...policy, steps, repeat: 2 }),
    "on call in payments; after 5 min ann, receiver #ops (critical); again 2 times after 30 min",
  );
  assert.equal(policyText({ ...policy, repeat: 1 }), "on call in payments; again once after 30 min");
});
