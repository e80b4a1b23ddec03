import type {
  TestRuleResponse,
  TriedRule,
  TryEventsResponse,
} from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { z } from "zod";
import { matchForm, matchToJson, testedForm, testedToJson } from "./alert-routing.ts";
import { labels, momentOfMs, momentOrNull } from "./scalars.ts";

const places = z.array(z.number()).describe("Places in the list of events, from 0");

const triedRuleForm = z.object({
  file: z.string().describe("Empty where the file was given"),
  group: z.string(),
  rule: z.string(),
  counted: places.describe("Which events fulfil its condition: places in their list, from 0"),
  ending: places.describe("Which of them say that it is over"),
  alerts: z
    .array(
      z.object({
        labels,
        annotations: labels,
        value: z.number().describe("How many events counted when it began"),
        pending: momentOrNull,
        fired: momentOrNull.describe("Null: it would not fire"),
        ended: momentOrNull.describe("Null: it would go on"),
      }),
    )
    .describe("In the order in which they would begin"),
  notes: z.array(z.string()).describe("What else would be said of it"),
});

export const eventTrialForm = z.object({
  rules: z.array(triedRuleForm).describe("Those of events"),
  others: z.number().describe("Rules that are about something else"),
  problems: z
    .array(z.object({ line: z.number(), column: z.number(), message: z.string() }))
    .describe("What is wrong with the file that was given: nothing was tried then"),
});

export function eventTrialToJson({ rules, others, problems }: TryEventsResponse): z.infer<typeof eventTrialForm> {
  return { rules: rules.map(triedToJson), others, problems };
}

function triedToJson({ alerts, ...rest }: TriedRule): z.infer<typeof triedRuleForm> {
  return {
    ...rest,
    alerts: alerts.map(({ pendingAtUnixMs, firedAtUnixMs, endedAtUnixMs, ...alert }) => ({
      ...alert,
      pending: momentOfMs(pendingAtUnixMs),
      fired: momentOfMs(firedAtUnixMs),
      ended: momentOfMs(endedAtUnixMs),
    })),
  };
}

export const ruleTestForm = z.object({
  file: z.string(),
  group: z.string(),
  labels: labels.describe("As an alert of the rule would have them"),
  annotations: labels,
  routing: matchForm.nullable().describe("What its routes would do with it now"),
  recipients: z
    .array(
      z.object({
        recipient: z.string(),
        receiver: z.string().describe("Empty for one whom nobody can tell"),
        integrations: z.array(z.string()),
      }),
    )
    .describe("Whom the rule names besides"),
  channels: z.array(z.string()).describe("Channels that the rule names"),
  told: z
    .array(
      z.object({
        receiver: z.string().describe("Of a route or a recipient, or channel:<name>"),
        resolved: z.boolean().describe("Whether this is what told that it is over"),
        integrations: z.array(testedForm),
        problem: z.string().describe("Why nothing was tried"),
      }),
    )
    .describe("What came of it, when it was sent"),
});

export function ruleTestToJson({ routing, told, ...rest }: TestRuleResponse): z.infer<typeof ruleTestForm> {
  return {
    ...rest,
    routing: routing === undefined ? null : matchToJson(routing),
    told: told.map((one) => ({ ...one, integrations: one.integrations.map(testedToJson) })),
  };
}
