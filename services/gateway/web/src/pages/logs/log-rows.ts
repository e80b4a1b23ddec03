import type { LogFilters } from "../../api/logs.ts";
import type { LogPage, LogRecord } from "../../api/types.ts";
import type { Bucket } from "../../charts/histogram-layout.ts";
import { fillOfSeverity } from "../../format/palette.ts";
import { logStream } from "../../live/live-streams.ts";
import { msOf } from "../../time/format-time.ts";

/** A record with a key of its own in the list. */
export interface LogRow {
  readonly key: string;
  readonly record: LogRecord;
}

/**
 * Live records, then loaded ones that did not come live too. Records that are the same in all that makes a key are all
 * kept and told apart by a number.
 */
export function logRows(live: readonly LogRecord[], loaded: readonly LogRecord[]): readonly LogRow[] {
  const liveKeys = new Set(live.map(logStream.keyOf));
  const seen = new Map<string, number>();
  return [...live, ...loaded.filter((record) => !liveKeys.has(logStream.keyOf(record)))].map((record) => {
    const key = logStream.keyOf(record);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { key: count === 1 ? key : `${key} #${count}`, record };
  });
}

/** Whether a record has the attributes that are asked for: those of the record count before those of its resource. */
export function hasAttributes(record: LogRecord, attributes: LogFilters["attributes"]): boolean {
  return attributes.every((pair) => {
    const cut = pair.indexOf("=");
    const name = pair.slice(0, cut);
    return String(record.attributes[name] ?? record.resourceAttributes[name] ?? "") === pair.slice(cut + 1);
  });
}

/** The timeline of a search as bars, errors on top. */
export function logBuckets(timeline: LogPage["timeline"]): readonly Bucket[] {
  return timeline.map(({ start, count, errorCount }) => ({
    startMs: msOf(start),
    parts: [
      { key: "other", color: fillOfSeverity("info"), count: count - errorCount },
      { key: "error", color: fillOfSeverity("error"), count: errorCount },
    ],
  }));
}

/** How long a bucket of a timeline lasts, milliseconds. */
export function bucketMsOf(timeline: LogPage["timeline"], rangeMs: number): number {
  const [first, second] = timeline;
  return first !== undefined && second !== undefined ? msOf(second.start) - msOf(first.start) : rangeMs;
}
