import {
  type MaintenanceOccurrence,
  type MaintenanceOpening,
  MaintenanceWindow,
  type RecurringSchedule,
} from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { z } from "zod";
import { moment, momentInput, momentOfMs, momentOrNull, msOfMoment } from "./scalars.ts";

const weekday = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const ranges = z.array(z.string().max(64)).max(100).default([]);

const weeklyForm = z.strictObject({
  weekdays: z.array(weekday).min(1).max(7).describe("On which it begins"),
  start: z.string().describe("HH:MM by clocks of the time zone"),
  durationMinutes: z.int().min(1).max(10_080).describe("Until the clocks show so many more, also past midnight"),
});

const intervalForm = z
  .strictObject({
    times: ranges.describe("HH:MM-HH:MM, the end at most 24:00"),
    weekdays: ranges.describe("monday:friday"),
    daysOfMonth: ranges.describe("1:7, -1"),
    months: ranges.describe("january:march, 1:3"),
    years: ranges.describe("2026:2027"),
  })
  .describe("As Alertmanager's time intervals: a time lies in it when it lies in one range of each kind that is given");

const recurringForm = z.strictObject({
  kind: z.literal("recurring"),
  timeZone: z.string().max(64).default("UTC").describe("IANA name, such as Europe/Berlin"),
  weekly: z.array(weeklyForm).max(100).default([]),
  intervals: z.array(intervalForm).max(100).default([]),
  from: momentInput.nullable().default(null),
  until: momentInput.nullable().default(null),
});

/** When a window is open by itself. */
const scheduleForm = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once"), start: momentInput, end: momentInput }),
  recurringForm,
  z.strictObject({ kind: z.literal("manual") }),
]);

/** Matchers as they are written in alertmanager.yml. */
export const matcherTexts = z
  .array(z.string().max(8192))
  .max(100)
  .describe('As in alertmanager.yml: service="db", team=~"a|b"; alerts have to fulfil all of them');

const reason = z.string().max(4096).describe("Why");

/** A window as it is sent; its name or its id is in the path. */
export const windowInput = z.strictObject({
  name: z.string().max(128).default("").describe("Another name than it had; empty: it stays"),
  matchers: matcherTexts.min(1),
  schedule: scheduleForm,
  reason: reason.min(1),
});

/** How a window is opened. */
export const openingInput = z.strictObject({
  until: momentInput.optional(),
  forSeconds: z.int().min(1).optional().describe("In place of until"),
  key: z.string().max(256).default("").describe("A job's own: saying it again changes nothing, and only it closes it"),
  reason: reason.min(1),
  matchers: matcherTexts.default([]).describe("Makes a window of the name where there is none yet"),
});

const openingForm = z.object({
  key: z.string(),
  opened: momentOrNull,
  until: momentOrNull,
  openedBy: z.string(),
  reason: z.string(),
});

/** A window as it is answered. */
export const windowForm = z.object({
  windowId: z.string(),
  name: z.string(),
  matchers: z.array(z.string()),
  schedule: scheduleForm,
  reason: z.string(),
  createdBy: z.string(),
  created: momentOrNull,
  updatedBy: z.string(),
  updated: momentOrNull,
  openings: z.array(openingForm).describe("What somebody opened and is not over"),
  closedUntil: momentOrNull.describe("Until when it is closed against its schedule"),
  closedBy: z.string(),
  open: z.boolean(),
  changes: momentOrNull.describe("When it closes or opens next, within five weeks"),
});

export const occurrenceForm = z.object({ start: moment, end: moment });

export function windowFromJson(form: z.output<typeof windowInput>): MaintenanceWindow {
  const { name, matchers, reason: why, schedule } = form;
  return MaintenanceWindow.fromPartial({ name, matchers, reason: why, schedule: scheduleFromJson(schedule) });
}

function scheduleFromJson(schedule: z.output<typeof scheduleForm>): NonNullable<MaintenanceWindow["schedule"]> {
  switch (schedule.kind) {
    case "once": {
      const value = { startsAtUnixMs: msOfMoment(schedule.start), endsAtUnixMs: msOfMoment(schedule.end) };
      return { $case: "once", value };
    }
    case "recurring": {
      const { timeZone, weekly, intervals, from, until } = schedule;
      const fromUnixMs = from === null ? undefined : msOfMoment(from);
      const untilUnixMs = until === null ? undefined : msOfMoment(until);
      return { $case: "recurring", value: { timeZone, weekly, intervals, fromUnixMs, untilUnixMs } };
    }
    case "manual":
      return { $case: "manual", value: {} };
  }
}

export function windowToJson(window: MaintenanceWindow): z.input<typeof windowForm> {
  const { windowId, name, matchers, reason: why, createdBy, updatedBy, closedBy, open } = window;
  return {
    windowId,
    name,
    matchers,
    schedule: scheduleToJson(window.schedule),
    reason: why,
    createdBy,
    created: momentOfMs(window.createdAtUnixMs),
    updatedBy,
    updated: momentOfMs(window.updatedAtUnixMs),
    openings: window.openings.map(openingToJson),
    closedUntil: momentOfMs(window.closedUntilUnixMs),
    closedBy,
    open,
    changes: momentOfMs(window.changesAtUnixMs),
  };
}

function scheduleToJson(schedule: MaintenanceWindow["schedule"]): z.input<typeof scheduleForm> {
  switch (schedule?.$case) {
    case "once": {
      const { startsAtUnixMs, endsAtUnixMs } = schedule.value;
      return { kind: "once", start: textOfMs(startsAtUnixMs), end: textOfMs(endsAtUnixMs) };
    }
    case "recurring":
      return recurringToJson(schedule.value);
    case "manual":
    case undefined:
      return { kind: "manual" };
  }
}

function recurringToJson(value: RecurringSchedule): z.input<typeof recurringForm> {
  const weekly = value.weekly.map(({ weekdays, ...rest }) => ({
    ...rest,
    weekdays: weekdays.flatMap((day) => weekday.safeParse(day).data ?? []),
  }));
  const { timeZone, intervals, fromUnixMs, untilUnixMs } = value;
  const [from, until] = [momentOfMs(fromUnixMs), momentOfMs(untilUnixMs)];
  return { kind: "recurring", timeZone: timeZone === "" ? "UTC" : timeZone, weekly, intervals, from, until };
}

function openingToJson(opening: MaintenanceOpening): z.infer<typeof openingForm> {
  const { key, openedAtUnixMs, untilUnixMs, openedBy, reason: why } = opening;
  return { key, opened: momentOfMs(openedAtUnixMs), until: momentOfMs(untilUnixMs), openedBy, reason: why };
}

export function occurrenceToJson({ startsAtUnixMs, endsAtUnixMs }: MaintenanceOccurrence) {
  return { start: textOfMs(startsAtUnixMs), end: textOfMs(endsAtUnixMs) };
}

function textOfMs(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString();
}
