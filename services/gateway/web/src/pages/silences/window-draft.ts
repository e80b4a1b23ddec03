import type { MaintenanceWindow, WindowDraft, WindowSchedule } from "../../api/maintenance.ts";
import { msOf } from "../../time/format-time.ts";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import { type MatcherDraft, matchersOfText, textOfMatcher } from "./matcher-text.ts";

const HOUR_MS = 3_600_000;

/** A maintenance window while it is written. */
export interface WindowForm {
  readonly name: string;
  readonly matchers: readonly MatcherDraft[];
  readonly reason: string;
  /** "kept": as it was, with what the form has no fields for. */
  readonly kind: WindowSchedule["kind"] | "kept";
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly weekdays: readonly string[];
  readonly from: string;
  readonly durationMinutes: number;
  /** The schedule that it had; undefined for a new one. */
  readonly before: WindowSchedule | undefined;
}

/** A new window that somebody opens. */
export function newForm(nowMs: number): WindowForm {
  return {
    name: "",
    matchers: [{ name: "", operator: "=", value: "" }],
    reason: "",
    kind: "manual",
    start: localText(nowMs),
    end: localText(nowMs + 2 * HOUR_MS),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    weekdays: ["sunday"],
    from: "02:00",
    durationMinutes: 120,
    before: undefined,
  };
}

/** The form of a window that there is; undefined where its matchers cannot be read. */
export function formOf(window: MaintenanceWindow, nowMs: number): WindowForm | undefined {
  const { name, reason, schedule } = window;
  const matchers = window.matchers.map(matchersOfText);
  if (matchers.some((read) => read === undefined)) return undefined;
  const form = { ...newForm(nowMs), name, reason, matchers: matchers.flatMap((read) => read ?? []), before: schedule };
  switch (schedule.kind) {
    case "manual":
      return { ...form, kind: "manual" };
    case "once":
      return { ...form, kind: "once", start: localText(msOf(schedule.start)), end: localText(msOf(schedule.end)) };
    case "recurring": {
      const [weekly] = schedule.weekly;
      if (weekly === undefined || !hasFields(schedule)) return { ...form, kind: "kept" };
      const { weekdays, start: from, durationMinutes } = weekly;
      return { ...form, kind: "recurring", timeZone: schedule.timeZone, weekdays, from, durationMinutes };
    }
  }
}

/** Whether there are fields for all that a schedule says. */
export function hasFields(schedule: WindowSchedule): boolean {
  return schedule.kind !== "recurring" || (schedule.weekly.length === 1 && schedule.intervals.length === 0);
}

/** The window that a form has become. */
export function draftOf(form: WindowForm): WindowDraft {
  const { name, reason, matchers } = form;
  return { name: name.trim(), matchers: matchers.map(textOfMatcher), reason, schedule: scheduleOf(form) };
}

function scheduleOf(form: WindowForm): WindowSchedule {
  const { kind, before } = form;
  switch (kind) {
    case "kept":
      return before ?? { kind: "manual" };
    case "manual":
      return { kind };
    case "once":
      return { kind, start: momentOfLocal(form.start), end: momentOfLocal(form.end) };
    case "recurring": {
      const { timeZone, weekdays, from, durationMinutes } = form;
      const weekly = [{ weekdays: [...weekdays], start: from, durationMinutes }];
      // From when until when it recurs has no fields, and stays.
      const { from: first = null, until = null } = before?.kind === "recurring" ? before : {};
      return { kind, timeZone, weekly, intervals: [], from: first, until };
    }
  }
}

/** What is missing before a window can be saved; "" when nothing is. */
export function missingIn({ name, reason, matchers, kind, weekdays: days }: WindowForm): string {
  if (name.trim() === "") return "Give the window a name.";
  if (reason.trim() === "") return "Say why.";
  if (matchers.some((matcher) => matcher.name.trim() === "")) return "Name the label of each matcher.";
  return kind === "recurring" && days.length === 0 ? "Choose a day." : "";
}
