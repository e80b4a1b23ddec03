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

/** The series of a table that are read once for all who want them. */
export interface SharedTable {
  readonly table: SampleTable;
  /** Whether all that is wanted is the newest sample at the end of the time. */
  readonly isOfNewest: boolean;
  readonly all: readonly SharedSeries[];
  readonly byFingerprint: FingerprintMap<SharedSeries>;
  readonly byMetric: ReadonlyMap<string, readonly SharedSeries[]>;
  want(wanted: WantedOfTable, wish: Omit<Wish, "wanted" | "isSelected">): void;
}

export function createSharedTable(table: SampleTable, isOfNewest: boolean): SharedTable {
  const all: SharedSeries[] = [];
  const byFingerprint = createFingerprintMap<SharedSeries>();
  const byMetric = new Map<string, SharedSeries[]>();
  return {
    table,
    isOfNewest,
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
          const { metric } = wanted.series;
          const others = byMetric.get(metric);
          if (others === undefined) byMetric.set(metric, [shared]);
          else others.push(shared);
        }
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
