import type { Policy, Step, Target } from "../../api/oncall-types.ts";
import { elapsed } from "../../time/format-time.ts";

/** A policy in one line: "ann; after 5 min on call in payments; again 2 times after 30 min". */
export function policyText({ steps, repeat, repeatAfterSeconds }: Policy): string {
  const parts = steps.map(stepText);
  if (repeat > 0) {
    parts.push(`again ${repeat === 1 ? "once" : `${repeat} times`} after ${elapsed(repeatAfterSeconds)}`);
  }
  return parts.join("; ");
}

function stepText({ delaySeconds, targets, severities, times }: Step): string {
  const whom = targets.map(targetText).join(", ");
  const when = delaySeconds === 0 ? "" : `after ${elapsed(delaySeconds)} `;
  const which = severities.length === 0 ? "" : ` (${severities.join(", ")})`;
  return `${when}${whom}${which}${times === null ? "" : " at times"}`;
}

/** Whom a step tells. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case "user":
      return target.user;
    case "schedule":
      return `on call in ${target.schedule}`;
    case "receiver":
      return `receiver ${target.receiver}`;
  }
}
