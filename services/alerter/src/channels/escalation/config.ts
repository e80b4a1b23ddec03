import { z } from "zod";
import { commonSettings } from "../settings.ts";

export const escalationSettings = z.strictObject({
  ...commonSettings(),
  /** Name of the escalation policy, or of the receiver of a rule's recipient, which has one. */
  policy: z.string().min(1).max(160),
});
export type EscalationSettings = z.infer<typeof escalationSettings>;
