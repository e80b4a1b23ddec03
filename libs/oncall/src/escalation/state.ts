import { SEVERITIES } from "@sightline/model/severity";
import { z } from "zod";

const recipient = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), user: z.string() }),
  z.object({ kind: z.literal("receiver"), receiver: z.string() }),
]);

/** Who can be told: a user, by their own contact methods, or a receiver. */
export type Recipient = Readonly<z.infer<typeof recipient>>;

/**
 * Where the escalation of one alert, or of one group of alerts, stands. Plain data, kept as JSON.
 *
 * | status       | begins with                       | ends with                              |
 * | ------------ | --------------------------------- | -------------------------------------- |
 * | running      | start, resume, reassign, worsen,  | acknowledge, snooze, resolve, or the   |
 * |              | or the end of a snooze            | last step of the last round: exhausted |
 * | acknowledged | acknowledge                       | snooze, resume, reassign, resolve      |
 * | snoozed      | snooze                            | its time, or any of the others         |
 * | exhausted    | the last step of the last round   | any of the others                      |
 * | resolved     | resolve                           | never                                  |
 */
export const escalationState = z.object({
  /** Name of the policy. */
  policy: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(["running", "acknowledged", "snoozed", "exhausted", "resolved"]),
  /** 0 the first time the steps are gone through. */
  round: z.int().min(0),
  /** The step that comes next, from 0; as many as there are steps when all have been carried out. */
  step: z.int().min(0),
  /** When `advance` has something to do; null: not before somebody does something. */
  dueAtMs: z.number().nullable(),
  /** Whom it was reassigned to, or who acknowledged it. */
  assignee: z.string().nullable(),
  /** Everybody who was told, once each: whoever is to hear that it is resolved. */
  told: z.array(recipient),
});

export type EscalationState = Readonly<z.infer<typeof escalationState>>;
