import type { Span } from "../zone/spans.ts";
import { DAY_MS } from "../zone/weekdays.ts";
import type { Schedule, Shift } from "./schedule.ts";
import { shifts } from "./shifts.ts";

/** A moment at which somebody else is on call from then on. */
export interface Handover {
  readonly atMs: number;
  /** Who was on call until then; undefined: nobody. */
  readonly leaving: string | undefined;
  /** Who is on call from then on; undefined: nobody. */
  readonly coming: string | undefined;
}

/** How far ahead is looked at a time; most schedules change hands within a week. */
const LOOK_MS = 14 * DAY_MS;

/** The hand-overs from a moment until before another, in order. That the reason alone changes is none. */
export function handovers(schedule: Schedule, fromMs: number, toMs: number): Handover[] {
  if (fromMs >= toMs) return [];
  // One that falls on the first moment is seen by what was before it.
  const { final, gaps } = shifts(schedule, fromMs - 1, toMs);
  const found: Handover[] = [];
  let before: string | undefined;
  for (const { atMs, user } of changesOf(final, gaps)) {
    if (atMs >= fromMs && user !== before) found.push({ atMs, leaving: before, coming: user });
    before = user;
  }
  return found;
}

export interface NextHandoversOptions {
  readonly count: number;
  /** Nothing is looked for after so long. */
  readonly withinMs: number;
}

/** The next hand-overs after a moment, at most so many; fewer when there are no more within the time. */
export function nextHandovers(
  schedule: Schedule,
  afterMs: number,
  { count, withinMs }: NextHandoversOptions,
): Handover[] {
  const found: Handover[] = [];
  const endMs = afterMs + withinMs;
  for (let fromMs = afterMs + 1; fromMs < endMs && found.length < count; fromMs += LOOK_MS) {
    found.push(...handovers(schedule, fromMs, Math.min(fromMs + LOOK_MS, endMs)));
  }
  return found.slice(0, count);
}

/** When a shift or a gap begins, and who is on call from then on. */
function changesOf(final: readonly Shift[], gaps: readonly Span[]): { atMs: number; user: string | undefined }[] {
  return [
    ...final.map(({ startMs, user }) => ({ atMs: startMs, user })),
    ...gaps.map(({ startMs }) => ({ atMs: startMs, user: undefined })),
  ].sort((a, b) => a.atMs - b.atMs);
}
