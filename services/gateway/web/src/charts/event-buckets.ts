import { SEVERITIES } from "@sightline/model/severity";
import type { EventStatistics } from "../api/types.ts";
import { fillOfSeverity } from "../format/palette.ts";
import { msOf } from "../time/format-time.ts";
import type { Bucket } from "./histogram-layout.ts";

/** The timeline of event statistics as bars, the worst severity on top. */
export function eventBuckets(statistics: EventStatistics): readonly Bucket[] {
  return statistics.timeline.map(({ start, bySeverity }) => {
    const counts = new Map(bySeverity.map(({ value, count }) => [value, count]));
    return {
      startMs: msOf(start),
      parts: SEVERITIES.map((severity) => ({
        key: severity,
        color: fillOfSeverity(severity),
        count: counts.get(severity) ?? 0,
      })),
    };
  });
}
