import type {
  AlertDecision,
  ExplainedSentence,
  ExplainPagingResponse,
  PreviewSilenceResponse,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { z } from "zod";
import { labels, moment, momentOfMs, momentOrNull } from "./scalars.ts";

export const decisionForm = z.object({
  time: momentOrNull,
  step: z.string().describe("What was decided: firing, received, grouped, silenced, due, attempted, delivered…"),
  sentence: z.string().describe("All of it for people"),
  reason: z.string(),
  detail: z.string(),
  groupKey: z.string(),
  receiver: z.string(),
  integration: z.string().describe("Such as webhook[0]"),
  ids: z.array(z.string()).describe("The silences, inhibiting alerts, time intervals or windows that decided"),
  due: momentOrNull.describe("When it will be told, or until when it will not"),
});

export function decisionToJson({ timeUnixMs, dueUnixMs, ...rest }: AlertDecision): z.infer<typeof decisionForm> {
  return { ...rest, time: momentOfMs(timeUnixMs), due: momentOfMs(dueUnixMs) };
}

const sentenceForm = z.object({
  time: momentOrNull,
  text: z.string(),
  kind: z
    .string()
    .describe("What it tells: answer, configuration, on_call, contacts, alert, or the step of a decision"),
  fingerprint: z.string().describe("Of the alert that it is about; empty where it is about none"),
  receiver: z.string(),
  integration: z.string(),
  groupKey: z.string(),
  ids: z.array(z.string()),
});

export const pagingForm = z.object({
  paged: z.boolean().describe("Whether the user was told, by a channel that took it"),
  reason: z.string().describe("Why, as a word: paged, no_alert, silenced, not_on_call…"),
  answer: z.string().describe("The first of the sentences"),
  sentences: z.array(sentenceForm).describe("In order; the first is the answer, the others are what it follows from"),
  complete: z.boolean().describe("False where there was more than is looked at"),
});

function sentenceToJson({ timeUnixMs, ...rest }: ExplainedSentence): z.infer<typeof sentenceForm> {
  return { ...rest, time: momentOfMs(timeUnixMs) };
}

export function pagingToJson({ sentences, ...rest }: ExplainPagingResponse): z.infer<typeof pagingForm> {
  return { ...rest, answer: sentences[0]?.text ?? "", sentences: sentences.map(sentenceToJson) };
}

export const silencePreviewForm = z.object({
  start: moment.describe("From when on history was looked at"),
  end: moment,
  complete: z.boolean().describe("False where there was more than is looked at: it is of a shorter time then"),
  alerts: z.number().describe("Alerts that it would have hidden"),
  episodes: z.number().describe("How often they began to fire"),
  firingMs: z.number(),
  hiddenNotifications: z.number().describe("Notifications that nobody would have got"),
  shorterNotifications: z.number().describe("Notifications that would have had fewer alerts"),
  byAlertname: z.array(
    z.object({ alertname: z.string(), alerts: z.number(), episodes: z.number(), notifications: z.number() }),
  ),
  byReceiver: z.array(z.object({ receiver: z.string(), hidden: z.number(), shorter: z.number() })),
  examples: z
    .array(
      z.object({
        fingerprint: z.string(),
        labels,
        episodes: z.number(),
        firingMs: z.number(),
        notifications: z.number(),
        first: momentOrNull.describe("When it fired first"),
        last: momentOrNull,
      }),
    )
    .describe("Those with the most notifications"),
});

export function silencePreviewToJson(preview: PreviewSilenceResponse): z.infer<typeof silencePreviewForm> {
  const { startUnixMs, endUnixMs, firingMs, examples, ...rest } = preview;
  return {
    ...rest,
    start: momentOfMs(startUnixMs) ?? "",
    end: momentOfMs(endUnixMs) ?? "",
    firingMs: Number(firingMs),
    examples: examples.map(({ firstUnixMs, lastUnixMs, firingMs: ownMs, ...example }) => ({
      ...example,
      firingMs: Number(ownMs),
      first: momentOfMs(firstUnixMs),
      last: momentOfMs(lastUnixMs),
    })),
  };
}
