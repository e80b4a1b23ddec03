import type { Clock } from "@sightline/model/time";

/** Offsets change at quarters of an hour. */
const STEP_MS = 900_000;

/** What a clock on the wall shows. */
export interface WallTime {
  /** Undefined: the year in which it lies nearest to now. */
  readonly year: number | undefined;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly timeOfDayMs: number;
}

/** Makes points in time of what a clock on the wall shows. */
export interface ZoneTime {
  /**
   * Milliseconds since the Unix epoch; undefined when there is no such day. A time that occurs twice, when clocks are put
   * back, is one of the two; one that is left out is taken as if it were not.
   */
  wall(time: WallTime): number | undefined;
}

const MS_PER_DAY = 86_400_000;

/** Throws RangeError when the zone is no IANA name. */
export function createZoneTime(timeZone: string, clock: Clock): ZoneTime {
  const offsetAt = createOffsets(timeZone);
  const utcOf = (wallMs: number): number => {
    // The offset of a moment near it, and then that of the moment this leads to: a change may lie between the two.
    const guess = wallMs - offsetAt(wallMs);
    return wallMs - offsetAt(guess);
  };
  return {
    wall: ({ year, month, day, timeOfDayMs }) => {
      if (timeOfDayMs >= MS_PER_DAY) return undefined;
      const now = clock();
      const thisYear = new Date(now).getUTCFullYear();
      const years = year === undefined ? [thisYear, thisYear - 1, thisYear + 1] : [year];
      let best: number | undefined;
      for (const candidate of years) {
        const dayMs = Date.UTC(candidate, month, day);
        // February 29th is in some years only.
        if (new Date(dayMs).getUTCMonth() !== month) continue;
        const ms = utcOf(dayMs + timeOfDayMs);
        if (best === undefined || Math.abs(ms - now) < Math.abs(best - now)) best = ms;
      }
      return best;
    },
  };
}

/** Milliseconds that the zone is ahead of UTC at a moment. */
function createOffsets(timeZone: string): (unixMs: number) => number {
  if (timeZone === "UTC") return () => 0;
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  return (unixMs) => {
    const step = Math.floor(unixMs / STEP_MS);
    const remembered = known.get(step);
    if (remembered !== undefined) return remembered;
    const name = format.formatToParts(unixMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
    if (known.size > 100) known.clear();
    known.set(step, offset);
    return offset;
  };
}
