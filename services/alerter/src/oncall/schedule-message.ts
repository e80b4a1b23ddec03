import { msOfNanos, nanosOfMs } from "@sightline/model/time";
import { checkName, type Refuse, refusalOf } from "@sightline/oncall/refuse";
import { checkSchedule } from "@sightline/oncall/schedule/check-schedule";
import {
  type Layer,
  type Override,
  ROTATION_UNITS,
  type Rotation,
  type Schedule,
  type Shift,
  type ShiftSource,
} from "@sightline/oncall/schedule/schedule";
import type { Shifts } from "@sightline/oncall/schedule/shifts";
import type { Span } from "@sightline/oncall/zone/spans";
import type {
  Override as OverrideMessage,
  Rotation as RotationMessage,
  ScheduleGap,
  ScheduleLayer,
  Schedule as ScheduleMessage,
  Shift as ShiftMessage,
  ShiftSource as ShiftSourceMessage,
  Shifts as ShiftsMessage,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { weekdayFromMessage, windowsFromMessage } from "./window-message.ts";

const refuse: Refuse = refusalOf("schedule");
const MAX_DESCRIPTION = 4096;

/** The schedule of a message, with overrides. Throws invalid_argument, naming the field, when it could not be meant. */
export function scheduleFromMessage(message: ScheduleMessage, overrides: readonly Override[]): Schedule {
  checkName(refuse, "name", message.name);
  if (message.description.length > MAX_DESCRIPTION) {
    throw refuse("description", `${message.description.length} characters`, `at most ${MAX_DESCRIPTION}`);
  }
  const schedule = keptSchedule(message, overrides);
  checkSchedule(schedule);
  return schedule;
}

/** The schedule of a message that was checked when it was put. */
export function keptSchedule(message: ScheduleMessage, overrides: readonly Override[]): Schedule {
  const layers = message.layers.map((layer, index) => layerFromMessage(layer, `layers[${index}]`));
  return { timeZone: message.timeZone, layers, overrides };
}

function layerFromMessage(layer: ScheduleLayer, place: string): Layer {
  const { name, participants, rotation, restrictions, startUnixNano, endUnixNano } = layer;
  if (rotation === undefined) throw refuse(`${place}.rotation`, "none", "how long turns are");
  return {
    name,
    participants,
    rotation: rotationFromMessage(rotation, `${place}.rotation`),
    restrictions: windowsFromMessage(restrictions, { refuse, place: `${place}.restrictions` }),
    startsAtMs: msOfNanos(startUnixNano),
    endsAtMs: endUnixNano === 0n ? undefined : msOfNanos(endUnixNano),
  };
}

function rotationFromMessage({ every, unit, handoverTime, handoverWeekday }: RotationMessage, place: string): Rotation {
  const word = ROTATION_UNITS[unit - 1];
  if (word === undefined) throw refuse(`${place}.unit`, `${unit}`, "1 (hour), 2 (day) or 3 (week)");
  return { every, unit: word, handoverTime, handoverWeekday: weekdayFromMessage(handoverWeekday) };
}

/** The override of a message, not yet checked. */
export function overrideFromMessage({ overrideId, user, startUnixNano, endUnixNano }: OverrideMessage): Override {
  return { overrideId, user, startMs: msOfNanos(startUnixNano), endMs: msOfNanos(endUnixNano) };
}

export function shiftsToMessage({ final, layers, overrides, gaps }: Shifts): ShiftsMessage {
  return {
    final: final.map(shiftToMessage),
    layers: layers.map(({ layer, shifts }) => ({ layer, shifts: shifts.map(shiftToMessage) })),
    overrides: overrides.map(shiftToMessage),
    gaps: gaps.map(gapToMessage),
  };
}

function shiftToMessage({ user, startMs, endMs, source }: Shift): ShiftMessage {
  return {
    user,
    startUnixNano: nanosOfMs(startMs),
    endUnixNano: nanosOfMs(endMs),
    source: sourceToMessage(source),
  };
}

function gapToMessage({ startMs, endMs }: Span): ScheduleGap {
  return { startUnixNano: nanosOfMs(startMs), endUnixNano: nanosOfMs(endMs) };
}

export function sourceToMessage(source: ShiftSource): ShiftSourceMessage {
  return {
    kind:
      source.kind === "layer"
        ? { $case: "layer", value: source.layer }
        : { $case: "overrideId", value: source.overrideId },
  };
}
