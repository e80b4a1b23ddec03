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
  /** Of a rule whose events say when it is over: there were enough, and it holds until one says that, whatever time passes. */
  readonly reached?: Reached;
}

/** Since when there are enough events, and how many of them have come by now. */
export interface Reached {
  readonly atMs: number;
  readonly count: number;
}

export interface WindowLimits {
  readonly thresholdCount: number;
  readonly windowMs: number;
  /** Set where events say that it is over; else it is over when too few are left within the time. */
  readonly resolveWhen: unknown;
  /** How late events may come, where that was said: for so long what happened then is remembered. */
  readonly lateMs: number;
}

/** How many groups a rule follows; of more, those go that are quiet for longest. */
export const maxWindows = 10_000;
/** Of how many it is kept, and for how long, that they are over: what happened before may come late. They leave room for groups that begin. */
const maxEnded = maxWindows / 2;
const keepEndMs = 24 * 3_600_000;

/** An event as far as it counts. */
export interface CountedEvent {
  readonly atMs: number;
  /** Its own, by which it is known when it is told again; "" for none. */
  readonly id: string;
}

/** How long events are remembered: one that comes late may complete a window that lies before the newest. */
function keptMs({ windowMs, lateMs }: WindowLimits): number {
  return windowMs + Math.max(windowMs, lateMs);
}

/** How many are: for a while in which many come there have to be more of them. */
function mostKept({ thresholdCount, windowMs, lateMs }: WindowLimits): number {
  const usual = 2 * thresholdCount;
  return lateMs > windowMs ? Math.max(usual, Math.min(20 * thresholdCount, 1000)) : usual;
}

/**
 * The window with one more event, which may come after newer ones. What cannot count any more is left out: undefined where that is this event.
 * The same object where the event is there already.
 */
export function withEvent(window: EventWindow, event: CountedEvent, limits: WindowLimits): EventWindow | undefined {
  const { timesMs, ids = [], ...rest } = window;
  if (event.id !== "" && ids.includes(event.id)) return window;
  const known = timesMs.map((atMs, at): CountedEvent => ({ atMs, id: ids[at] ?? "" }));
  const events = [...known, event].sort((a, b) => a.atMs - b.atMs);
  const newestMs = (events.at(-1) ?? event).atMs;
  const kept = events.filter(({ atMs }) => atMs >= newestMs - keptMs(limits)).slice(-mostKept(limits));
  const isNamed = kept.some(({ id }) => id !== "");
  const next = { ...rest, timesMs: kept.map(({ atMs }) => atMs), ...(isNamed && { ids: kept.map(({ id }) => id) }) };
  const reached = reachedOf(window, limits);
  if (reached === undefined) {
    if (kept.includes(event)) return settled(next, limits);
    // Enough that are newer say as much as it does.
    return event.atMs > newestMs - limits.windowMs ? window : undefined;
  }
  return { ...next, reached: { ...reached, count: reached.count + 1 } };
}

/**
 * The window after an event that says that it is over, which may come after newer ones. The same object where nothing was left to be over,
 * so that what is well costs nothing.
 */
export function withEnd(window: EventWindow, atMs: number, limits: WindowLimits): EventWindow {
  const { timesMs, resolvedAtMs = Number.NEGATIVE_INFINITY } = window;
  const reached = reachedOf(window, limits);
  const isOver = reached === undefined && timesMs.every((ms) => ms <= resolvedAtMs);
  if (isOver || atMs <= resolvedAtMs) return window;
  const next = { ...window, resolvedAtMs: atMs };
  const isUntouched = reached !== undefined && atMs <= reached.atMs - limits.windowMs;
  return isUntouched ? next : settled(withoutReached(next), limits);
}

function reachedOf({ reached, resolvedAtMs = Number.NEGATIVE_INFINITY }: EventWindow, { resolveWhen }: WindowLimits) {
  return resolveWhen !== undefined && reached !== undefined && reached.atMs > resolvedAtMs ? reached : undefined;
}

function withoutReached({ reached: _, ...window }: EventWindow): EventWindow {
  return window;
}

/** The window with when there were enough events, as far as its events tell; the same object where it says so already. */
function settled(window: EventWindow, limits: WindowLimits): EventWindow {
  if (reachedOf(window, limits) !== undefined) return window;
  const { resolveWhen, thresholdCount, windowMs } = limits;
  const { timesMs, resolvedAtMs = Number.NEGATIVE_INFINITY } = window;
  const counted = resolveWhen === undefined ? [] : timesMs.filter((ms) => ms > resolvedAtMs);
  const firstOf = (last: number) => counted[last + 1 - thresholdCount] ?? Number.NEGATIVE_INFINITY;
  const atMs = counted.find((ms, last) => ms - firstOf(last) < windowMs);
  if (atMs === undefined) return window.reached === undefined ? window : withoutReached(window);
  return { ...window, reached: { atMs, count: counted.filter((ms) => ms > atMs - windowMs).length } };
}

/** How many events a window holds by at a time, or at that of its last event where that is later; 0 where it does not. */
export function holdingAt(window: EventWindow, atMs: number, limits: WindowLimits): number {
  const reached = reachedOf(window, limits);
  if (reached !== undefined) return reached.count;
  // An evaluation may be of a time before an event that was decided as it came.
  const count = countAt(window, Math.max(atMs, window.timesMs.at(-1) ?? atMs), limits.windowMs);
  return count >= limits.thresholdCount ? count : 0;
}

/** How many events count at a time. */
function countAt(
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

/** Without the windows in which nothing counts any more, and of which nothing is known that could still matter. */
export function pruneWindows(
  windows: readonly EventWindow[],
  atMs: number,
  limits: WindowLimits,
): readonly EventWindow[] {
  const all = windows.map((window) => settled(window, limits));
  const isCounting = (window: EventWindow) => freshnessOf(window, limits) > atMs - keptMs(limits);
  const counting = all.filter(isCounting);
  const ended = all.filter((one) => !isCounting(one) && (one.resolvedAtMs ?? 0) > atMs - keepEndMs);
  const kept = [
    ...freshest(ended, Math.max(maxEnded - counting.length, 0), limits),
    ...freshest(counting, maxWindows, limits),
  ];
  return kept.length === windows.length && kept.every((window, at) => window === windows[at]) ? windows : kept;
}

function freshest(windows: readonly EventWindow[], most: number, limits: WindowLimits): readonly EventWindow[] {
  if (windows.length <= most) return windows;
  const inOrder = [...windows].sort((a, b) => freshnessOf(b, limits) - freshnessOf(a, limits));
  return inOrder.slice(0, most);
}

/** The time of its last event; what holds is as fresh as can be. */
function freshnessOf(window: EventWindow, limits: WindowLimits): number {
  return reachedOf(window, limits) === undefined ? (window.timesMs.at(-1) ?? 0) : Number.MAX_SAFE_INTEGER;
}
