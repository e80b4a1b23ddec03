import type { Labels } from "@sightline/query/promql/labels";
import { doubles } from "../query/block-columns.ts";
import { createFingerprintMap, type FingerprintMap } from "./fingerprint-map.ts";
import type { Floats } from "./float-runs.ts";
import { addFloats } from "./float-samples.ts";
import type { SampleRun } from "./sample-runs.ts";
import type { SampleTable } from "./sample-tables.ts";
import { inTimeOrder, type SeriesSet } from "./series-set.ts";
import { placesWithin } from "./times-within.ts";
import type { WantedOfTable, WantedSeries } from "./wanted-series.ts";
import { wordsOf } from "./words.ts";

/** What one selection wants of a series. */
export interface Wish {
  readonly wanted: WantedSeries;
  /** Whether the newest of its samples is all that is wanted. */
  readonly isOfNewest: boolean;
  readonly isSelected: (labels: Labels) => boolean;
  /** The first and the last time that a sample may have. */
  readonly startMs: number;
  readonly endMs: number;
  readonly set: SeriesSet;
}

/** A stored series that some selections want something of. */
export interface SharedSeries {
  /** Its place among those of its table. */
  readonly place: number;
  readonly fingerprint: bigint;
  readonly wishes: Wish[];
}

/** The series of a metric that somebody wants. */
export interface SharedMetric {
  readonly series: readonly SharedSeries[];
  /** Whether nobody wants more than the newest sample of each. */
  readonly isOfNewest: boolean;
}

/** The series of a table that are read once for all who want them. */
export interface SharedTable {
  readonly table: SampleTable;
  readonly all: readonly SharedSeries[];
  readonly byFingerprint: FingerprintMap<SharedSeries>;
  readonly byMetric: ReadonlyMap<string, SharedMetric>;
  want(wanted: WantedOfTable, wish: Omit<Wish, "wanted" | "isSelected">): void;
}

export function createSharedTable(table: SampleTable): SharedTable {
  const all: SharedSeries[] = [];
  const byFingerprint = createFingerprintMap<SharedSeries>();
  const byMetric = new Map<string, { series: SharedSeries[]; isOfNewest: boolean }>();
  const ofMetric = (metric: string) => {
    const known = byMetric.get(metric) ?? { series: [], isOfNewest: true };
    byMetric.set(metric, known);
    return known;
  };
  return {
    table,
    all,
    byFingerprint,
    byMetric,
    want({ all: wantedSeries, fingerprints, isSelected }, wish) {
      const words = wordsOf(fingerprints);
      for (const [at, wanted] of wantedSeries.entries()) {
        let shared = byFingerprint.get(words, at);
        if (shared === undefined) {
          shared = { place: all.length, fingerprint: fingerprints[at] ?? 0n, wishes: [] };
          all.push(shared);
          byFingerprint.set(words, at, shared);
          ofMetric(wanted.series.metric).series.push(shared);
        }
        if (!wish.isOfNewest) ofMetric(wanted.series.metric).isOfNewest = false;
        shared.wishes.push({ ...wish, wanted, isSelected });
      }
    },
  };
}

/** Gives everybody who wants a series their part of its floats. */
export function shareFloats({ wishes }: SharedSeries, floats: Floats): void {
  const { times, values } = inTimeOrder({ ...floats, histograms: null, weights: null, isDelta: false });
  for (const { wanted, set, ...range } of wishes) {
    const [from, to] = placesWithin(times, range);
    if (from < to) addFloats(wanted, { times: times.subarray(from, to), values: values.subarray(from, to) }, set);
  }
}

/** Gives everybody who wants a series their part of its rows. */
export function shareRows({ wishes }: SharedSeries, { block, start, end }: SampleRun, table: SampleTable): void {
  const times = doubles(block, "time").subarray(start, end);
  for (const { wanted, isSelected, set, ...range } of wishes) {
    const [from, to] = placesWithin(times, range);
    const run = { block, start: start + from, end: start + to };
    if (from < to) table.add(run, { ...wanted, isSelected, set, isRolledUp: false });
  }
}
