import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";

/** The parameters of statements that look for series with samples between two times, both inclusive. */
export function seriesRange(startMs: number, endMs: number) {
  return { startMs, endMs, seenLagMs: SERIES_SEEN_LAG_MS };
}
