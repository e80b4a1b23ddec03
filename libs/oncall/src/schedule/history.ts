import { between, joinSpans, type Span } from "../zone/spans.ts";
import type { Schedule, Shift } from "./schedule.ts";
import { finalPieces, joinTurns } from "./shifts.ts";
import type { Piece } from "./turns.ts";

/** A schedule as it was from a moment on, until the next one begins. */
export interface ScheduleThen {
  readonly fromMs: number;
  /** Undefined: there was none. */
  readonly schedule: Schedule | undefined;
}

/** Who was on call, at each moment by the schedule that was in force at that moment. */
export interface ShiftsThen {
  readonly final: readonly Shift[];
  /** When there was a schedule, and nobody on call in it. */
  readonly gaps: readonly Span[];
}

/**
 * Who was on call from a moment until before another. What was changed afterwards changes nothing of it; after the last
 * change the schedule is as it is.
 *
 * @param versions in order; before the first of them there was no schedule
 */
export function shiftsThen(versions: readonly ScheduleThen[], fromMs: number, toMs: number): ShiftsThen {
  const pieces: Piece[] = [];
  const gaps: Span[] = [];
  for (const [index, { fromMs: beginMs, schedule }] of versions.entries()) {
    const startMs = Math.max(fromMs, beginMs);
    const endMs = Math.min(toMs, versions[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY);
    if (schedule === undefined || startMs >= endMs) continue;
    const own = finalPieces(schedule, { startMs, endMs });
    pieces.push(...own);
    gaps.push(...between(own, { startMs, endMs }));
  }
  return { final: joinTurns(pieces), gaps: joinSpans(gaps) };
}
