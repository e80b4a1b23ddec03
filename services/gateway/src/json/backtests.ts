import {
  type BacktestAnswer,
  type MissingIncident,
  MissingReason,
  type RuleFigures,
} from "@sightline/proto/sightline/alert/v1/backtest_service";
import { z } from "zod";
import { momentOfMs, momentOrNull } from "./scalars.ts";

const pages = z.object({ before: z.number(), after: z.number() });
const figures = z
  .object({
    fired: z.number().describe("How often an alert of it began to fire"),
    alerts: z.number(),
    firingSeconds: z.number().describe("All together"),
    flaps: z.number().describe("How often an alert fired again within 15 minutes of its end"),
  })
  .nullable()
  .describe("Null where it did not fire");
const incident = z.object({
  file: z.string(),
  group: z.string(),
  rule: z.string(),
  labels: z.record(z.string(), z.string()),
  start: momentOrNull,
  end: momentOrNull.describe("Null: it fires until the end"),
  acknowledged: z.boolean(),
  escalated: z.boolean(),
  reason: z.enum(["does_not_fire", "nobody_told"]),
});
const incidents = z.object({
  count: z.number(),
  first: z.array(incident).describe("At most 200, in the order of time"),
});

export const backtestForm = z.object({
  start: momentOrNull,
  end: momentOrNull.describe("Until when it was replayed"),
  people: z.array(
    z.object({
      user: z.string(),
      timeZone: z.string(),
      pages,
      nightPages: pages.describe("From 22 to 7 o'clock in their time zone"),
    }),
  ),
  receivers: z.array(z.object({ receiver: z.string(), notifications: pages })),
  rules: z.array(z.object({ file: z.string(), group: z.string(), rule: z.string(), before: figures, after: figures })),
  missed: incidents.describe("What somebody took care of, or was told by an escalation, and would not be"),
  added: incidents.describe("What people would be told of that they are not"),
  notes: z.array(z.string()).describe("What was left out or done otherwise, each a sentence"),
  evaluations: z.number(),
  rangeQueries: z.number(),
  instantQueries: z.number(),
});

export function backtestToJson(answer: BacktestAnswer): z.infer<typeof backtestForm> {
  const { people, receivers, rules, missed, missedCount, added, addedCount, notes } = answer;
  return {
    start: momentOfMs(answer.startUnixMs),
    end: momentOfMs(answer.endUnixMs),
    people: people.map(({ user, timeZone, ...of }) => ({
      ...{ user, timeZone, pages: { before: of.pagesBefore, after: of.pagesAfter } },
      nightPages: { before: of.nightPagesBefore, after: of.nightPagesAfter },
    })),
    receivers: receivers.map(({ receiver, before, after }) => ({ receiver, notifications: { before, after } })),
    rules: rules.map(({ before, after, ...name }) => ({
      ...{ ...name, before: figuresToJson(before), after: figuresToJson(after) },
    })),
    missed: { count: missedCount, first: missed.map(incidentToJson) },
    added: { count: addedCount, first: added.map(incidentToJson) },
    notes,
    evaluations: Number(answer.evaluations),
    rangeQueries: Number(answer.rangeQueries),
    instantQueries: Number(answer.instantQueries),
  };
}

function figuresToJson(of: RuleFigures | undefined): z.infer<typeof figures> {
  return of === undefined
    ? null
    : { ...{ fired: of.fired, alerts: of.alerts, flaps: of.flaps }, firingSeconds: Number(of.firingMs) / 1000 };
}

function incidentToJson({ startUnixMs, endUnixMs, reason, ...rest }: MissingIncident): z.infer<typeof incident> {
  return {
    ...rest,
    start: momentOfMs(startUnixMs),
    end: momentOfMs(endUnixMs),
    reason: reason === MissingReason.NOBODY_TOLD ? "nobody_told" : "does_not_fire",
  };
}
