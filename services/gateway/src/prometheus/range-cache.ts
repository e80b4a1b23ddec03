import type { Clock } from "@sightline/model/time";
import type { PromqlSeries } from "@sightline/proto/sightline/query/v1/promql_service";
import type { Notes } from "./envelope.ts";

/** What a query came to at the steps from one time to another, both inclusive. */
export interface RangeExtent {
  readonly startMs: number;
  readonly endMs: number;
  /** In the order of their labels. */
  readonly series: readonly PromqlSeries[];
  /** Of all these steps together. */
  readonly notes: Notes;
  /** When the oldest part of it was computed, milliseconds since the Unix epoch. */
  readonly computedMs: number;
}

export type EvictionReason = "bytes" | "age";

export interface RangeCacheOptions {
  /** What all that is remembered may take, some; 0: nothing is remembered. */
  readonly maxBytes: number;
  /** Steps as young as this are never remembered: their samples may still be on the way. */
  readonly recentMs: number;
  /** After so long all is computed again, and what came late seen. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** Told of each query whose results are forgotten. */
  evicted(reason: EvictionReason): void;
  /** Told how much all that is remembered takes now. */
  sized(bytes: number): void;
}

/**
 * Results of range queries, so that a board that is refreshed has only its newest steps computed. In this process' memory: what is
 * forgotten costs one computation. Of one query one extent is kept, the one that was asked for last.
 */
export interface RangeCache {
  readonly isOn: boolean;
  /** Steps as young as this are not to be put in. */
  readonly recentMs: number;
  nowMs(): number;
  get(key: string): RangeExtent | undefined;
  put(key: string, extent: RangeExtent): void;
  /** What one query's results may take. */
  readonly maxExtentBytes: number;
}

/** One query may have this part of all. */
const EXTENT_SHARE = 1 / 8;

export function createRangeCache(options: RangeCacheOptions): RangeCache {
  const { maxBytes, recentMs, maxAgeMs, clock } = options;
  const maxExtentBytes = maxBytes * EXTENT_SHARE;
  // What was asked for last stands last.
  const kept = new Map<string, { readonly extent: RangeExtent; readonly bytes: number }>();
  let total = 0;

  const drop = (key: string): void => {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    isOn: maxBytes > 0,
    maxExtentBytes,
    recentMs,
    nowMs: clock,
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      if (clock() - found.extent.computedMs <= maxAgeMs) {
        kept.set(key, found);
        return found.extent;
      }
      total -= found.bytes;
      options.evicted("age");
      options.sized(total);
      return undefined;
    },
    put(key, extent) {
      drop(key);
      const bytes = key.length * 2 + extent.series.reduce((sum, series) => sum + bytesOf(series), 0);
      if (bytes <= maxExtentBytes) {
        kept.set(key, { extent, bytes });
        total += bytes;
      }
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) break;
        drop(oldest);
        options.evicted("bytes");
      }
      options.sized(total);
    },
  };
}

const SERIES_BYTES = 300;
const POINT_BYTES = 16;
const LABEL_BYTES = 24;
const BUCKET_BYTES = 72;

/** What a series takes, some. */
export function bytesOf({ labels, values, histograms }: PromqlSeries): number {
  let bytes = SERIES_BYTES + values.length * POINT_BYTES;
  for (const label of labels) bytes += LABEL_BYTES + label.length;
  for (const { buckets } of histograms) bytes += BUCKET_BYTES * (1 + buckets.length);
  return bytes;
}
