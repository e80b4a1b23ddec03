import type { EscalationPolicy, Target } from "@sightline/oncall/escalation/policy";
import { type OwnRecipient, ownerOf } from "./recipient-receiver.ts";

/**
 * The escalation policy of a recipient's own receiver: they are told once, as they wish to be told, and hear of the end. Undefined where it is
 * nobody's who is told by an escalation.
 */
export function recipientPolicy(name: string): EscalationPolicy | undefined {
  const owner = ownerOf(name);
  const target = owner === undefined ? undefined : targetOf(owner);
  if (target === undefined) return undefined;
  const step = { delayMs: 0, targets: [target], severities: [], times: undefined };
  return { name, steps: [step], repeat: 0, repeatAfterMs: 60_000 };
}

function targetOf(owner: OwnRecipient): Target | undefined {
  switch (owner.kind) {
    case "email":
      return undefined;
    case "user":
      return { kind: "user", user: owner.user };
    case "schedule":
      return { kind: "schedule", schedule: owner.schedule };
  }
}
