import { parseRfc3339 } from "@sightline/model/rfc3339";
import {
  type KeptSchedule,
  type OnCall,
  type Override,
  type Revision,
  RotationUnit,
  type Schedule,
  type ScheduleGap,
  type ScheduleLayer,
  type Shift,
  type ShiftSource,
  type Shifts,
  type WallWindow,
  Weekday,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { z } from "zod";
import { enumWords, moment, momentInput, momentOf, momentOrNull, uint32 } from "./scalars.ts";

const weekdays = enumWords(
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  [
    Weekday.MONDAY,
    Weekday.TUESDAY,
    Weekday.WEDNESDAY,
    Weekday.THURSDAY,
    Weekday.FRIDAY,
    Weekday.SATURDAY,
    Weekday.SUNDAY,
  ],
);

const rotationUnits = enumWords(["hour", "day", "week"], [RotationUnit.HOUR, RotationUnit.DAY, RotationUnit.WEEK]);

const timeOfDay = z.string().describe("HH:MM");

/** A time that comes every day or every week, on the wall of a time zone. */
export const windowForm = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("day"),
    weekdays: z.array(weekdays.schema).default([]).describe("On which it begins; empty: on all"),
    from: timeOfDay,
    to: timeOfDay,
  }),
  z.strictObject({
    kind: z.literal("week"),
    fromWeekday: weekdays.schema,
    from: timeOfDay,
    toWeekday: weekdays.schema,
    to: timeOfDay,
  }),
]);

export function windowFromJson(window: z.output<typeof windowForm>): WallWindow {
  if (window.kind === "day") {
    const days = window.weekdays.map(weekdays.toNumber);
    return { kind: { $case: "day", value: { weekdays: days, from: window.from, to: window.to } } };
  }
  const { from, to } = window;
  const fromWeekday = weekdays.toNumber(window.fromWeekday);
  const toWeekday = weekdays.toNumber(window.toWeekday);
  return { kind: { $case: "week", value: { fromWeekday, from, toWeekday, to } } };
}

export function windowToJson({ kind }: WallWindow): z.output<typeof windowForm> {
  if (kind?.$case === "week") {
    const { fromWeekday, from, toWeekday, to } = kind.value;
    return { kind: "week", fromWeekday: weekdayName(fromWeekday), from, toWeekday: weekdayName(toWeekday), to };
  }
  const { weekdays: days = [], from = "00:00", to = "24:00" } = kind?.value ?? {};
  return { kind: "day", weekdays: days.map(weekdayName), from, to };
}

const layerForm = z.strictObject({
  name: z.string().min(1).max(128),
  participants: z.array(z.string()).min(1).describe("Users in the order of their turns"),
  rotation: z.strictObject({
    every: uint32,
    unit: rotationUnits.schema,
    handoverTime: timeOfDay,
    handoverWeekday: weekdays.schema.nullable().default(null).describe("Of turns of weeks, and of no others"),
  }),
  restrictions: z.array(windowForm).default([]).describe("When anybody of it is on call at all; empty: always"),
  start: momentInput.describe("When the first turn begins, which lasts until the next hand-over"),
  end: momentInput.nullable().default(null),
});

/** A schedule as it is sent; its name is in the path. */
export const scheduleInput = z.strictObject({
  description: z.string().default(""),
  timeZone: z.string().min(1).describe("IANA name, such as Europe/Berlin"),
  layers: z.array(layerForm).default([]).describe("Later ones lie on top of the earlier"),
});

/** The version that was changed, so that nobody's change is overwritten unseen. */
export const revisionInput = uint32.default(0).describe("The revision that was changed; 0: whatever is there");

export const overrideInput = z.strictObject({
  user: z.string().min(1),
  start: momentInput,
  end: momentInput,
  note: z.string().default(""),
});

const overrideForm = overrideInput.extend({ overrideId: z.string(), createdBy: z.string(), created: momentOrNull });

export const revisionForm = z.object({ revision: z.number().int(), changed: momentOrNull, changedBy: z.string() });

export const scheduleForm = scheduleInput.extend({
  name: z.string(),
  overrides: z.array(overrideForm),
  ...revisionForm.shape,
});

const sourceForm = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("layer"), layer: z.string() }),
  z.object({ kind: z.literal("override"), overrideId: z.string() }),
]);

const shiftForm = z.object({ user: z.string(), start: moment, end: moment, source: sourceForm });

export const shiftsForm = z.object({
  final: z.array(shiftForm),
  layers: z.array(z.object({ layer: z.string(), shifts: z.array(shiftForm) })),
  overrides: z.array(shiftForm),
  gaps: z.array(z.object({ start: moment, end: moment })),
});

export const onCallForm = z.object({
  schedule: z.string(),
  user: z.string().nullable().describe("null: nobody"),
  source: sourceForm.nullable(),
  until: momentOrNull.describe("When somebody else is on call; null: not within 90 days"),
  nextUser: z.string().nullable(),
});

export function scheduleFromJson(name: string, body: z.output<typeof scheduleInput>): Schedule {
  const { description, timeZone, layers } = body;
  return { name, description, timeZone, layers: layers.map(layerFromJson) };
}

function layerFromJson(layer: z.output<typeof layerForm>): ScheduleLayer {
  const { every, unit, handoverTime, handoverWeekday } = layer.rotation;
  return {
    name: layer.name,
    participants: layer.participants,
    rotation: {
      every,
      unit: rotationUnits.toNumber(unit),
      handoverTime,
      handoverWeekday: weekdays.toNumber(handoverWeekday ?? undefined),
    },
    restrictions: layer.restrictions.map(windowFromJson),
    startUnixNano: nanosOf(layer.start),
    endUnixNano: layer.end === null ? 0n : nanosOf(layer.end),
  };
}

export function scheduleToJson({ schedule, revision, overrides }: KeptSchedule): z.output<typeof scheduleForm> {
  return {
    name: schedule?.name ?? "",
    description: schedule?.description ?? "",
    timeZone: schedule?.timeZone ?? "UTC",
    layers: (schedule?.layers ?? []).map(layerToJson),
    overrides: overrides.map(overrideToJson),
    ...revisionToJson(revision),
  };
}

function layerToJson(layer: ScheduleLayer): z.output<typeof layerForm> {
  const { every = 1, unit = 0, handoverTime = "00:00", handoverWeekday = 0 } = layer.rotation ?? {};
  return {
    name: layer.name,
    participants: layer.participants,
    rotation: {
      every,
      unit: rotationUnits.toWord(unit) ?? "day",
      handoverTime,
      handoverWeekday: weekdays.toWord(handoverWeekday) ?? null,
    },
    restrictions: layer.restrictions.map(windowToJson),
    start: momentOf(layer.startUnixNano) ?? "",
    end: momentOf(layer.endUnixNano),
  };
}

export function revisionToJson(revision: Revision | undefined): z.output<typeof revisionForm> {
  const { revision: number = 0, changedUnixNano = 0n, changedBy = "" } = revision ?? {};
  return { revision: number, changed: momentOf(changedUnixNano), changedBy };
}

export function overrideFromJson(overrideId: string, body: z.output<typeof overrideInput>): Override {
  const { user, start, end, note } = body;
  const times = { startUnixNano: nanosOf(start), endUnixNano: nanosOf(end) };
  return { overrideId, user, note, ...times, createdBy: "", createdUnixNano: 0n };
}

export function overrideToJson(override: Override): z.output<typeof overrideForm> {
  const { overrideId, user, note, createdBy } = override;
  return {
    overrideId,
    user,
    start: momentOf(override.startUnixNano) ?? "",
    end: momentOf(override.endUnixNano) ?? "",
    note,
    createdBy,
    created: momentOf(override.createdUnixNano),
  };
}

export const overrideAnswer = z.object({ override: overrideForm });

export function shiftsToJson(shifts: Shifts | undefined): z.output<typeof shiftsForm> {
  return {
    final: (shifts?.final ?? []).map(shiftToJson),
    layers: (shifts?.layers ?? []).map(({ layer, shifts: own }) => ({ layer, shifts: own.map(shiftToJson) })),
    overrides: (shifts?.overrides ?? []).map(shiftToJson),
    gaps: (shifts?.gaps ?? []).map(spanToJson),
  };
}

function shiftToJson(shift: Shift): z.output<typeof shiftForm> {
  return { user: shift.user, ...spanToJson(shift), source: sourceToJson(shift.source) };
}

function spanToJson({ startUnixNano, endUnixNano }: ScheduleGap): { start: string; end: string } {
  return { start: momentOf(startUnixNano) ?? "", end: momentOf(endUnixNano) ?? "" };
}

function sourceToJson(source: ShiftSource | undefined): z.output<typeof sourceForm> {
  const kind = source?.kind;
  if (kind?.$case === "overrideId") return { kind: "override", overrideId: kind.value };
  return { kind: "layer", layer: kind?.value ?? "" };
}

export function onCallToJson(onCall: OnCall): z.output<typeof onCallForm> {
  return {
    schedule: onCall.schedule,
    user: onCall.user === "" ? null : onCall.user,
    source: onCall.source === undefined ? null : sourceToJson(onCall.source),
    until: momentOf(onCall.untilUnixNano),
    nextUser: onCall.nextUser === "" ? null : onCall.nextUser,
  };
}

function weekdayName(weekday: number) {
  return weekdays.toWord(weekday) ?? "monday";
}

function nanosOf(text: string): bigint {
  return parseRfc3339(text) ?? 0n;
}
