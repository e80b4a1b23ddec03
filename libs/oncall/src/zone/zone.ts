import { type OffsetSpan, offsetsOfYear } from "./offsets.ts";

/**
 * The clocks on the walls of one time zone.
 *
 * Wall time is counted in milliseconds as if it were UTC: 1970-01-01 00:00 on the wall is 0 everywhere, so that days
 * and weeks on the wall are multiples of a number, whatever the clocks do.
 */
export interface Zone {
  /** What the wall shows at a moment. */
  wallOf(atMs: number): number;
  /**
   * The first moment at which the wall shows this time or a later one. A time that is skipped in spring is the moment
   * of the change, one that comes twice in autumn its first; so a later wall time is never an earlier moment, and spans
   * that meet on the wall meet in time.
   */
  momentOf(wallMs: number): number;
}

/** Moments are looked for from so long before the wall time; zones are at most 15:13 hours ahead of UTC. */
const MAX_AHEAD_MS = 16 * 3_600_000;

/**
 * The zone of an IANA name (https://www.iana.org/time-zones, as ICU has it).
 *
 * @param timeZone one that `isTimeZone` takes
 * @throws RangeError for another
 */
export function createZone(timeZone: string): Zone {
  return {
    wallOf: (atMs) => atMs + spanAt(timeZone, atMs).offsetMs,
    momentOf(wallMs) {
      let span = spanAt(timeZone, wallMs - MAX_AHEAD_MS);
      while (span.endMs + span.offsetMs <= wallMs) span = spanAt(timeZone, span.endMs);
      return Math.max(span.startMs, wallMs - span.offsetMs);
    },
  };
}

/** Whether it is the name of a time zone with rules, such as "Europe/Berlin"; offsets such as "+02:00" are none. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function spanAt(timeZone: string, atMs: number): OffsetSpan {
  const year = new Date(atMs).getUTCFullYear();
  for (const span of offsetsOfYear(timeZone, year)) {
    if (atMs < span.endMs) return span;
  }
  throw new RangeError(`cannot tell the offset of ${timeZone}: got ${atMs}, want a time`);
}
