import { useMemo } from "react";
import { type Interval, resolveRange, type TimeRange } from "./time-range.ts";

/** The ends of a range as moments; they move on when `updatedAtMs` (when its data last came) does. */
export function useInterval(range: TimeRange, updatedAtMs: number): Interval {
  return useMemo(() => resolveRange(range, updatedAtMs === 0 ? Date.now() : updatedAtMs), [range, updatedAtMs]);
}
