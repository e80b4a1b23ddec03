/** An event that a rule matched. */
export interface Match {
  readonly eventId: string;
  /** When it happened, milliseconds since the Unix epoch; never after we received it. */
  readonly atMs: number;
  /** When we received it, milliseconds since the Unix epoch. */
  readonly seenAtMs: number;
}

/** What a rule has seen of one group. */
export interface EventWindow {
  /** The newest matches, oldest first; never more than the rule counts to. */
  readonly matches: readonly Match[];
  /** When an event last ended the alert; matches up to then do not count. */
  readonly endedAtMs: number | undefined;
}

export const EMPTY_WINDOW: EventWindow = { matches: [], endedAtMs: undefined };

/** When an event rule fires. */
export interface Threshold {
  /** So many matches… */
  readonly count: number;
  /** … within so many milliseconds. */
  readonly windowMs: number;
}

/**
 * The window with one more match. Unchanged, the same object, when the match is there already, happened before the end
 * of the alert, or is older than all that count. Matches may come in any order.
 */
export function addMatch(window: EventWindow, match: Match, { count, windowMs }: Threshold): EventWindow {
  if (window.endedAtMs !== undefined && match.atMs <= window.endedAtMs) return window;
  if (window.matches.some(({ eventId }) => eventId === match.eventId)) return window;
  const sorted = [...window.matches, match].sort((a, b) => a.atMs - b.atMs);
  const newestMs = sorted.at(-1)?.atMs ?? match.atMs;
  const matches = sorted.filter(({ atMs }) => newestMs - atMs < windowMs).slice(-count);
  return matches.includes(match) ? { ...window, matches } : window;
}

/** The window after an event that ends the alert: only matches that happened later are left. */
export function endWindow(window: EventWindow, atMs: number): EventWindow {
  return {
    matches: window.matches.filter((match) => match.atMs > atMs),
    endedAtMs: Math.max(window.endedAtMs ?? atMs, atMs),
  };
}

/**
 * Whether enough matches came within the window, wherever on the time line: an event that reaches us late still makes
 * its alert.
 */
export function isReached({ matches }: EventWindow, { count }: Threshold): boolean {
  return matches.length >= count;
}

/**
 * Whether, as of now, too few matches are left. What reached us late counts from when it did, or its alert would be
 * over at once.
 */
export function isPassed({ matches }: EventWindow, { count, windowMs }: Threshold, nowMs: number): boolean {
  return matches.filter(({ seenAtMs }) => nowMs - seenAtMs < windowMs).length < count;
}
