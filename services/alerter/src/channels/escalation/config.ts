import { z } from "zod";
import { commonSettings } from "../settings.ts";

export const escalationSettings = z.strictObject({
  ...commonSettings(),
  /** Name of the escalation policy. */
  policy: z.string().min(1).max(128),
});
export type EscalationSettings = z.infer<typeof escalationSettings>;
