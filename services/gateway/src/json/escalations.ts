import { severityFromProto } from "@sightline/events/severity";
import {
  type Escalation,
  type EscalationEvent,
  type EscalationRecipient,
  EscalationStatus,
} from "@sightline/proto/sightline/alert/v1/escalation_service";
import { z } from "zod";
import { enumWords, labels, moment, momentOfMs, momentOrNull, severityName } from "./scalars.ts";

/** Where an escalation stands, in words. */
export const escalationStatuses = enumWords(
  ["running", "acknowledged", "snoozed", "exhausted", "resolved"],
  [
    EscalationStatus.RUNNING,
    EscalationStatus.ACKNOWLEDGED,
    EscalationStatus.SNOOZED,
    EscalationStatus.EXHAUSTED,
    EscalationStatus.RESOLVED,
  ],
);

const recipientForm = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), user: z.string() }),
  z.object({ kind: z.literal("receiver"), receiver: z.string() }),
]);

export const escalationForm = z.object({
  escalationId: z.string(),
  receiver: z.string().describe("The one that has the policy"),
  groupKey: z.string(),
  groupLabels: labels,
  title: z.string(),
  policy: z.string(),
  severity: severityName,
  status: escalationStatuses.schema.describe("exhausted: nobody acknowledged, and no step is left"),
  round: z.number().describe("The steps are gone through for the how manyth time, from 1"),
  nextStep: z.number().describe("From 1"),
  due: momentOrNull.describe("When something happens by itself"),
  assignee: z.string().describe("Who acknowledged it or whom it was given to; empty: nobody"),
  told: z.array(recipientForm).describe("Everybody who was told, once each"),
  begun: moment,
  ended: momentOrNull,
  firingAlerts: z.number(),
});

export const escalationEventForm = z.object({
  time: moment,
  reason: z.string().describe("In words that are the same each time"),
  detail: z.string(),
  receiver: z.string().describe("Of whoever was told"),
  integration: z.string(),
  users: z.array(z.string()),
  due: momentOrNull.describe("When what was decided happens"),
});

export function escalationToJson(escalation: Escalation): z.infer<typeof escalationForm> {
  const { severity, status, dueAtUnixMs, begunAtUnixMs, endedAtUnixMs, told, ...rest } = escalation;
  return {
    ...rest,
    severity: severityFromProto(severity),
    status: escalationStatuses.toWord(status) ?? "running",
    due: momentOfMs(dueAtUnixMs),
    told: told.flatMap(recipientToJson),
    begun: momentOfMs(begunAtUnixMs) ?? "",
    ended: momentOfMs(endedAtUnixMs),
  };
}

function recipientToJson({ kind }: EscalationRecipient): z.infer<typeof recipientForm>[] {
  if (kind === undefined) return [];
  return [kind.$case === "user" ? { kind: "user", user: kind.value } : { kind: "receiver", receiver: kind.value }];
}

export function escalationEventToJson({
  timeUnixMs,
  dueUnixMs,
  ...event
}: EscalationEvent): z.infer<typeof escalationEventForm> {
  return { ...event, time: momentOfMs(timeUnixMs) ?? "", due: momentOfMs(dueUnixMs) };
}
