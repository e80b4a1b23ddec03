import { readFileSync } from "node:fs";
import type { SelectHints } from "@sightline/query/promql/source";
import { doubles } from "../query/block-columns.ts";
import type { SampleRun } from "./sample-runs.ts";

const read = {
  ends: readFileSync(new URL("./sql/rolled-ends.sql", import.meta.url), "utf8"),
  growth: readFileSync(new URL("./sql/rolled-growth.sql", import.meta.url), "utf8"),
  statistics: readFileSync(new URL("./sql/rolled-statistics.sql", import.meta.url), "utf8"),
};

type Column = "firstTime" | "first" | "lastTime" | "last" | "staleTime" | "count" | "increase" | "min" | "max" | "sum";

/** A bucket of numbers: what its fold reads of it. */
interface Bucket {
  readonly isDelta: boolean;
  /** In how many parts what it says is spread over its time: 1 where ranges hold whole buckets. */
  readonly parts: number;
  of(column: Column): number;
}

/** Takes the samples that stand for a bucket, in the order of time. */
export interface FoldedSamples {
  add(ms: number, value: number, weight: number): void;
  addStale(ms: number): void;
}

/** What stands for the samples of a bucket, so that a function answers for it what it would for them. */
export interface Fold {
  /** What is read of a bucket, in SQL. */
  readonly columns: string;
  write(bucket: Bucket, out: FoldedSamples): void;
}

/** Its last sample, and where the series was marked as ended behind it. */
const last: Fold = {
  columns: read.ends,
  write(bucket, out) {
    if (bucket.of("count") > 0) out.add(bucket.of("lastTime"), bucket.of("last"), bucket.of("count"));
    if (bucket.of("staleTime") > 0) out.addStale(bucket.of("staleTime"));
  },
};

const first: Fold = {
  columns: read.ends,
  write: (bucket, out) => {
    if (bucket.of("count") > 0) out.add(bucket.of("firstTime"), bucket.of("first"), bucket.of("count"));
  },
};

/** The first and the last sample. */
const ends: Fold = {
  columns: read.ends,
  write(bucket, out) {
    const count = bucket.of("count");
    if (count > 0) spread(bucket, (share) => between(bucket.of("first"), bucket.of("last"), share), out);
    if (bucket.of("staleTime") > 0) out.addStale(bucket.of("staleTime"));
  },
};

/** Parts of what is lost to restarts that are told from errors of rounding. */
const LEAST_LOSS = 1e-9;

/**
 * The fewest samples by which a counter grew as much: the first and the last, between which it went up and began anew where the
 * increase says so. Of deltas their sum.
 */
const growth: Fold = {
  columns: read.growth,
  write(bucket, out) {
    const count = bucket.of("count");
    if (count === 0) return;
    if (bucket.isDelta)
      return repeat(bucket, { value: bucket.of("sum") / bucket.parts, weight: count / bucket.parts }, out);
    const [begin, end, increase] = [bucket.of("first"), bucket.of("last"), bucket.of("increase")];
    const lost = increase - (end - begin);
    const isLossless = Math.abs(lost) <= LEAST_LOSS * Math.max(Math.abs(begin), Math.abs(end), increase);
    const peak = isLossless ? Number.POSITIVE_INFINITY : Math.max(begin, lost);
    if (bucket.parts > 1) {
      const at = (share: number) => begin + increase * share;
      spread(bucket, (share) => (at(share) <= peak ? at(share) : at(share) - peak), out);
      return;
    }
    const [fromMs, toMs] = [bucket.of("firstTime"), bucket.of("lastTime")];
    out.add(fromMs, begin, 1);
    if (count === 1) return;
    // From the first to a last one that is less it began anew as it is; else somewhere between.
    const showsItself = end < begin && peak === begin;
    if (!isLossless && !showsItself) {
      out.add(between(fromMs, toMs, 1 / 3), peak, 0);
      out.add(between(fromMs, toMs, 2 / 3), 0, 0);
    }
    out.add(toMs, end, count - 1);
  },
};

/** The difference of a gauge. */
const difference: Fold = {
  columns: read.ends,
  write(bucket, out) {
    const count = bucket.of("count");
    if (count === 0) return;
    if (bucket.parts > 1) return ends.write(bucket, out);
    out.add(bucket.of("firstTime"), bucket.of("first"), 1);
    if (count > 1) out.add(bucket.of("lastTime"), bucket.of("last"), count - 1);
  },
};

/** A number that all samples come to. */
function statistic(of: (bucket: Bucket) => number): Fold {
  return {
    columns: read.statistics,
    write(bucket, out) {
      const count = bucket.of("count");
      if (count > 0) repeat(bucket, { value: of(bucket), weight: count / bucket.parts }, out);
    },
  };
}

const FOLDS: ReadonlyMap<string, Fold> = new Map([
  ["rate", growth],
  ["increase", growth],
  ["delta", difference],
  ["last_over_time", last],
  ["ts_of_last_over_time", last],
  ["present_over_time", last],
  ["absent_over_time", last],
  ["first_over_time", first],
  ["ts_of_first_over_time", first],
  ["min_over_time", statistic((bucket) => bucket.of("min"))],
  ["max_over_time", statistic((bucket) => bucket.of("max"))],
  ["sum_over_time", statistic((bucket) => bucket.of("sum") / bucket.parts)],
  ["avg_over_time", statistic((bucket) => bucket.of("sum") / bucket.of("count"))],
  ["count_over_time", statistic(() => 0)],
]);

/** How buckets of numbers stand for samples; null where what is asked for needs these themselves. */
export function foldOf({ rangeMs, function: name }: SelectHints): Fold | null {
  return rangeMs === 0 ? last : (FOLDS.get(name) ?? null);
}

/** What comes nearest to samples that are gone: to those that a selector sees at any time, the first and the last of each bucket. */
export function nearestFold(hints: SelectHints): Fold {
  return hints.rangeMs === 0 ? ends : (foldOf(hints) ?? ends);
}

/** Writes what stands for the buckets of a run. */
export function foldRun(
  { block, start, end }: SampleRun,
  { fold, isDelta, parts }: { readonly fold: Fold; readonly isDelta: boolean; readonly parts: number },
  out: FoldedSamples,
): void {
  const columns = new Map<Column, Float64Array>();
  let row = start;
  const bucket: Bucket = {
    isDelta,
    parts,
    of(name) {
      const column = columns.get(name) ?? doubles(block, name);
      columns.set(name, column);
      return column[row] ?? 0;
    },
  };
  for (; row < end; row++) fold.write(bucket, out);
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** A value at both ends of a bucket's time, and at as many as there are parts between. */
function spread(bucket: Bucket, valueAt: (share: number) => number, out: FoldedSamples): void {
  const { parts } = bucket;
  const [fromMs, toMs] = [bucket.of("firstTime"), bucket.of("lastTime")];
  out.add(fromMs, valueAt(0), 1);
  if (fromMs === toMs) return;
  for (let part = 1; part <= parts; part++) {
    out.add(between(fromMs, toMs, part / parts), valueAt(part / parts), bucket.of("count") / parts);
  }
}

/** The same at the end of each part of a bucket's time. */
function repeat(bucket: Bucket, { value, weight }: { value: number; weight: number }, out: FoldedSamples): void {
  const { parts } = bucket;
  const [fromMs, toMs] = [bucket.of("firstTime"), bucket.of("lastTime")];
  for (let part = 1; part <= parts; part++) out.add(between(fromMs, toMs, part / parts), value, weight);
}
