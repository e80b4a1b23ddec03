import {
  type GroupedAlert,
  GroupedAlertState,
  type GroupSummary,
} from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { z } from "zod";
import { careForm, careToJson } from "./care.ts";
import { enumWords, labels, moment } from "./scalars.ts";

export const groupedAlertStates = enumWords(
  ["firing", "acknowledged", "suppressed"],
  [GroupedAlertState.FIRING, GroupedAlertState.ACKNOWLEDGED, GroupedAlertState.SUPPRESSED],
);

export const groupedAlertForm = z.object({
  fingerprint: z.string(),
  labels,
  annotations: labels,
  startsAt: moment,
  updatedAt: moment,
  generatorUrl: z.string(),
  state: groupedAlertStates.schema,
  silencedBy: z.array(z.string()).describe("Ids of silences"),
  inhibitedBy: z.array(z.string()).describe("Fingerprints of alerts"),
  maintenanceBy: z.array(z.string()).describe("Ids of maintenance windows"),
  mutedBy: z.array(z.string()).describe("Names of time intervals of its group's route"),
  care: careForm,
});

export const groupSummaryForm = z.object({
  groupId: z.string().describe("As links have it"),
  groupKey: z.string(),
  receiver: z.string(),
  labels,
  mutedBy: z.array(z.string()).describe("Names of time intervals that hide it now"),
  due: moment.describe("When it is looked at next"),
  firing: z.number(),
  acknowledged: z.number(),
  suppressed: z.number(),
  severity: z.string().describe("The worst that labels of its alerts name"),
  newest: moment.describe("When its newest alert began"),
  care: careForm,
  alerts: z.array(groupedAlertForm).describe("The first of its alerts"),
});

export function groupedAlertToJson(alert: GroupedAlert): z.infer<typeof groupedAlertForm> {
  const { startsAtUnixMs, updatedAtUnixMs, state, care, ...rest } = alert;
  return {
    ...rest,
    startsAt: momentOfUnixMs(startsAtUnixMs),
    updatedAt: momentOfUnixMs(updatedAtUnixMs),
    state: groupedAlertStates.toWord(state) ?? "firing",
    care: careToJson(care),
  };
}

export function groupSummaryToJson(group: GroupSummary): z.infer<typeof groupSummaryForm> {
  const { dueUnixMs, newestUnixMs, care, alerts, ...rest } = group;
  return {
    ...rest,
    due: momentOfUnixMs(dueUnixMs),
    newest: momentOfUnixMs(newestUnixMs),
    care: careToJson(care),
    alerts: alerts.map(groupedAlertToJson),
  };
}

function momentOfUnixMs(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString();
}
