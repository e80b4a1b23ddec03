import { useCallback, useMemo } from "react";
import { useUrlState } from "../url/use-url-state.ts";
import { endsNow, parseRange, type TimeRange } from "./time-range.ts";

const lastHour: TimeRange = { start: "-1h", end: "now" };

/** The range in the address (the last hour without one) and how to change it. */
export function useTimeRange(fallback: TimeRange = lastHour): readonly [TimeRange, (range: TimeRange) => void] {
  const url = useUrlState();
  const start = url.has("start") ? url.get("start") : null;
  const end = url.has("end") ? url.get("end") : null;
  const range = useMemo(() => parseRange(start, end, fallback), [start, end, fallback]);
  const { update } = url;
  const setRange = useCallback(
    (next: TimeRange) => update({ start: next.start, end: endsNow(next) ? null : next.end }, { push: true }),
    [update],
  );
  return [range, setRange];
}
