import type { AlertCare } from "@sightline/proto/sightline/alert/v1/care";
import { z } from "zod";
import { momentOfMs, momentOrNull } from "./scalars.ts";

/** Who takes care of an alert or a group. */
export const careForm = z.object({
  acknowledgedBy: z.string(),
  acknowledgedAt: momentOrNull,
  snoozedBy: z.string(),
  snoozedUntil: momentOrNull,
  note: z.string().describe("Of whoever acknowledged or snoozed it"),
  assignee: z.string(),
  assignedBy: z.string(),
  assignedAt: momentOrNull,
});

/** What nobody does anything about has empty fields. */
export function careToJson(care: AlertCare | undefined): z.infer<typeof careForm> {
  return {
    acknowledgedBy: care?.acknowledgedBy ?? "",
    acknowledgedAt: momentOfMs(care?.acknowledgedAtUnixMs),
    snoozedBy: care?.snoozedBy ?? "",
    snoozedUntil: momentOfMs(care?.snoozedUntilUnixMs),
    note: care?.note ?? "",
    assignee: care?.assignee ?? "",
    assignedBy: care?.assignedBy ?? "",
    assignedAt: momentOfMs(care?.assignedAtUnixMs),
  };
}
