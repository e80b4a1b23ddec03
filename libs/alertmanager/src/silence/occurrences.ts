import { localTimeOf } from "../time-interval/local-time.ts";
import type { TimeInterval } from "../time-interval/time-interval.ts";
import { isOpen, type MaintenanceWindow } from "./maintenance-window.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** A time in which a window is open; the end is not included. */
export interface Occurrence {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * When a window is open between two times, in order, by its schedule and by what somebody opened and closed. What begins before or ends
 * after these times is cut.
 */
export function* occurrences(window: MaintenanceWindow, startMs: number, endMs: number): Generator<Occurrence> {
  let openedMs = isOpen(window, startMs) ? startMs : undefined;
  for (const atMs of turns(window, startMs, endMs)) {
    const open = isOpen(window, atMs);
    if (openedMs !== undefined && !open) yield { startMs: openedMs, endMs: atMs };
    if (!open) openedMs = undefined;
    else openedMs ??= atMs;
  }
  if (openedMs !== undefined && openedMs < endMs) yield { startMs: openedMs, endMs };
}

/** When a window that is open closes, or one that is closed opens; undefined when it does not before the second time. */
export function nextTurnMs(window: MaintenanceWindow, nowMs: number, endMs: number): number | undefined {
  const [first] = occurrences(window, nowMs, endMs);
  if (first === undefined) return undefined;
  if (first.startMs > nowMs) return first.startMs;
  return first.endMs < endMs ? first.endMs : undefined;
}

/** The times after one and before another at which it may open or close, in order: between two of them nothing changes. */
function* turns({ schedule, openings, closed }: MaintenanceWindow, startMs: number, endMs: number): Generator<number> {
  const said = [...openings, ...(closed === undefined ? [] : [closed])].map(({ untilMs }) => untilMs);
  if (schedule.kind === "once") said.push(schedule.startsAtMs, schedule.endsAtMs);
  if (schedule.kind !== "recurring") {
    yield* inOrder(said, startMs + 1, endMs);
    return;
  }
  said.push(schedule.fromMs ?? startMs, schedule.untilMs ?? startMs);
  const zones = Map.groupBy(schedule.intervals, ({ location }) => location ?? "UTC");
  for (let dayStartMs = startMs; dayStartMs < endMs; dayStartMs += dayMs) {
    const ofDay = [...zones].flatMap(([zone, intervals]) => turnsOfDay(dayStartMs, zone, intervals));
    const fromMs = Math.max(startMs + 1, dayStartMs);
    yield* inOrder([...said, ...ofDay], fromMs, Math.min(endMs, dayStartMs + dayMs));
  }
}

function inOrder(times: readonly number[], fromMs: number, toMs: number): number[] {
  return [...new Set(times)].filter((timeMs) => fromMs <= timeMs && timeMs < toMs).sort((a, b) => a - b);
}

/** When clocks show a time at which one of the intervals begins or ends, within the 24 hours from a time on, and when clocks are set. */
function turnsOfDay(dayStartMs: number, zone: string, intervals: readonly TimeInterval[]): number[] {
  const before = offsetMs(dayStartMs, zone);
  const after = offsetMs(dayStartMs + dayMs, zone);
  const minutes = new Set([0]);
  for (const { startMinute, endMinute } of intervals.flatMap(({ times = [] }) => times)) {
    minutes.add(startMinute);
    minutes.add(endMinute);
  }
  const found = before === after ? [] : [whenSet(dayStartMs, zone, before)];
  for (const offset of new Set([before, after])) {
    const midnightMs = Math.floor((dayStartMs + offset) / dayMs) * dayMs - offset;
    for (const minute of minutes) found.push(midnightMs + minute * minuteMs, midnightMs + dayMs + minute * minuteMs);
  }
  return found;
}

function offsetMs(unixMs: number, zone: string): number {
  const { year, month, day, minuteOfDay } = localTimeOf(unixMs, zone);
  return Date.UTC(year, month - 1, day, 0, minuteOfDay) - Math.floor(unixMs / minuteMs) * minuteMs;
}

/** The first full minute within 24 hours at which clocks show something else than by the offset before. */
function whenSet(dayStartMs: number, zone: string, before: number): number {
  let from = Math.floor(dayStartMs / minuteMs);
  let to = from + dayMs / minuteMs;
  while (to - from > 1) {
    const between = Math.floor((from + to) / 2);
    if (offsetMs(between * minuteMs, zone) === before) from = between;
    else to = between;
  }
  return to * minuteMs;
}
