import type { Labels } from "../labels.ts";

/** The events of one group that fulfil a condition, newest last; plain data. */
export interface EventWindow {
  readonly key: string;
  /** What the group is about. */
  readonly labels: Labels;
  /** When they happened; milliseconds since the Unix epoch, ascending. */
  readonly timesMs: readonly number[];
  /** The ids of the same events, "" where one has none; unset where none has. */
  readonly ids?: readonly string[];
  /** An event has said that it is over: nothing up to then counts any more. */
  readonly resolvedAtMs?: number;
}

export interface WindowLimits {
  readonly thresholdCount: number;
  readonly windowMs: number;
}

/** How many groups a rule follows; of more, those go that are quiet for longest. */
export const maxWindows = 10_000;

/** An event as far as it counts. */
export interface CountedEvent {
  readonly atMs: number;
  /** Its own, by which it is known when it is told again; "" for none. */
  readonly id: string;
}

/**
 * The window with one more event, which may come after newer ones. What cannot count any more is left out. The same object where the event
 * is there already.
 */
export function withEvent(
  window: EventWindow,
  event: CountedEvent,
  { thresholdCount, windowMs }: WindowLimits,
): EventWindow {
  const { timesMs, ids = [], ...rest } = window;
  if (event.id !== "" && ids.includes(event.id)) return window;
  const known = timesMs.map((atMs, at): CountedEvent => ({ atMs, id: ids[at] ?? "" }));
  const events = [...known, event].sort((a, b) => a.atMs - b.atMs);
  const oldest = (events.at(-1) ?? event).atMs - windowMs * 2;
  // Twice as many as are wanted: one that comes late may complete a window that lies before the newest.
  const kept = events.filter(({ atMs }) => atMs >= oldest).slice(-2 * thresholdCount);
  const isNamed = kept.some(({ id }) => id !== "");
  return { ...rest, timesMs: kept.map(({ atMs }) => atMs), ...(isNamed && { ids: kept.map(({ id }) => id) }) };
}

/** How many events count at a time. */
export function countAt(
  { timesMs, resolvedAtMs = Number.NEGATIVE_INFINITY }: EventWindow,
  atMs: number,
  windowMs: number,
): number {
  const after = Math.max(atMs - windowMs, resolvedAtMs);
  let count = 0;
  for (const ms of timesMs) if (ms > after && ms <= atMs) count++;
  return count;
}

/** When an event completed a window that is over by now: the time of its last event; undefined when it did not. */
export function completedAt(window: EventWindow, eventMs: number, limits: WindowLimits): number | undefined {
  const { thresholdCount, windowMs } = limits;
  return window.timesMs.find(
    (ms) => ms >= eventMs && ms - windowMs < eventMs && countAt(window, ms, windowMs) >= thresholdCount,
  );
}

/** Without the windows in which nothing counts any more. */
export function pruneWindows(windows: readonly EventWindow[], atMs: number, windowMs: number): readonly EventWindow[] {
  const kept = windows.filter(({ timesMs }) => (timesMs.at(-1) ?? 0) > atMs - windowMs * 2);
  if (kept.length <= maxWindows) return kept.length === windows.length ? windows : kept;
  return [...kept].sort((a, b) => (a.timesMs.at(-1) ?? 0) - (b.timesMs.at(-1) ?? 0)).slice(-maxWindows);
}
