import type { AlertOrigin } from "../alerts/alert.ts";
import type { Deed } from "./act.ts";

const ofRule =
  "it comes back with the next evaluation of its rule that still finds it, and waits for its `for` anew; one of events comes back with new events";
const ofSender = "it comes back when its sender says again that it fires";

const sentences: Readonly<Record<AlertOrigin | "sender" | "any", string>> = {
  rule: ofRule,
  rule_file: ofRule,
  platform: "it comes back within seconds where what it says is still so",
  sender: ofSender,
  any: `what still fires comes back: of a rule, ${ofRule}; of others, ${ofSender}`,
};

/** Whoever resolves something is told when it comes back, and what keeps it quiet instead; "" after anything else. */
export function comesBackAfter({ act }: Deed, of: keyof typeof sentences): string {
  return act.verb === "resolve" ? `${sentences[of]}. To hear nothing of it meanwhile, snooze or silence it.` : "";
}
