import type { Escalation, Recipient } from "../../../api/escalations.ts";
import type { Policy } from "../../../api/oncall-types.ts";
import { targetText } from "../policy-text.ts";

/** What happens by itself if nobody does anything, without its time; "" when nothing does. */
export function nextText({ status, policy, nextStep, round }: Escalation, policies: readonly Policy[]): string {
  switch (status) {
    case "running": {
      const known = policies.find(({ name }) => name === policy);
      const step = known?.steps[nextStep - 1];
      const whom = step === undefined ? "" : step.targets.map(targetText).join(", ");
      const place = known === undefined || known.steps.length < 2 ? "" : ` (step ${nextStep} of ${known.steps.length})`;
      return `${whom === "" ? `step ${nextStep}` : `${whom}${place}`}${round > 1 ? `, for the ${ordinal(round)} time` : ""}`;
    }
    case "snoozed":
      return "the steps begin again";
    default:
      return "";
  }
}

/** Who was told, once each: "ann, bob and the receiver mail". */
export function toldText(told: readonly Recipient[]): string {
  const names = told.map((one) => (one.kind === "user" ? one.user : `the receiver ${one.receiver}`));
  const last = names.at(-1) ?? "nobody yet";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

function ordinal(n: number): string {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
