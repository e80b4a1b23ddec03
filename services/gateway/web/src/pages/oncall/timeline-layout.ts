import type { Window } from "../../api/oncall.ts";

/** A part of a line: how far from its begin and how wide, in percent. */
export interface Place {
  readonly left: number;
  readonly width: number;
}

/** Where a time lies in the window; undefined when it lies outside. */
export function placeOf(startMs: number, endMs: number, window: Window): Place | undefined {
  const start = Math.max(startMs, window.startMs);
  const end = Math.min(endMs, window.endMs);
  if (start >= end) return undefined;
  const whole = window.endMs - window.startMs;
  return { left: ((start - window.startMs) / whole) * 100, width: ((end - start) / whole) * 100 };
}

/** So many days from the Monday of the week in which a moment lies, in the browser's time zone, some weeks on. */
export function windowOfWeeks(atMs: number, weeks: number, offsetWeeks = 0): Window {
  const monday = new Date(atMs);
  monday.setHours(0, 0, 0, 0);
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7) + offsetWeeks * 7);
  const end = new Date(monday);
  end.setDate(end.getDate() + weeks * 7);
  return { startMs: monday.getTime(), endMs: end.getTime() };
}

/** The days of the window, each with its begin; on the day on which the clocks change one is longer or shorter. */
export function daysOf({ startMs, endMs }: Window): number[] {
  const days: number[] = [];
  for (const day = new Date(startMs); day.getTime() < endMs; day.setDate(day.getDate() + 1)) days.push(day.getTime());
  return days;
}

const HOUR_MS = 3_600_000;

/** The whole hours between two points of a line, of which each is 0 to 1; at least one. */
export function hoursBetween(one: number, other: number, { startMs, endMs }: Window): Window {
  const at = (point: number) => startMs + Math.min(Math.max(point, 0), 1) * (endMs - startMs);
  const from = Math.floor((at(Math.min(one, other)) - startMs) / HOUR_MS) * HOUR_MS + startMs;
  const to = Math.ceil((at(Math.max(one, other)) - startMs) / HOUR_MS) * HOUR_MS + startMs;
  return { startMs: from, endMs: Math.max(to, from + HOUR_MS) };
}
