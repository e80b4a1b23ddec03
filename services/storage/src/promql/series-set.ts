import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { compareLabels, keyOf, type Labels } from "@sightline/query/promql/labels";
import type { SampledSeries } from "@sightline/query/promql/samples";

/** Some samples of a series, in the order of time. */
export interface SamplePiece {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly histograms: readonly (Histogram | null)[] | null;
}

export interface PieceOptions {
  /** The values are what came since the one before: the series is to be their running total, a counter that never starts again. */
  readonly sumUp?: boolean;
}

/** Gathers the samples of series; those with the same labels are one series, whatever they were stored as. */
export interface SeriesSet {
  add(labels: Labels, piece: SamplePiece, options?: PieceOptions): void;
  /** In the order of the labels, each with its samples in the order of time, the last of those with one time. */
  series(): SampledSeries[];
}

export function createSeriesSet(): SeriesSet {
  const found = new Map<string, { readonly labels: Labels; readonly pieces: SamplePiece[]; readonly sumUp: boolean }>();
  return {
    add(labels, piece, { sumUp = false } = {}) {
      const key = keyOf(labels);
      const known = found.get(key);
      if (known === undefined) found.set(key, { labels, pieces: [piece], sumUp });
      else known.pieces.push(piece);
    },
    series: () =>
      Array.from(found.values(), ({ labels, pieces, sumUp }) => {
        const { times, values, histograms } = joined(pieces);
        return { labels, times, values: sumUp ? runningTotal(values) : values, histograms, startTimes: null };
      }).sort((a, b) => compareLabels(a.labels, b.labels)),
  };
}

function joined(pieces: readonly SamplePiece[]): SamplePiece {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && ascends(only.times)) return only;
  const times = concatenated(pieces.map((piece) => piece.times));
  const values = concatenated(pieces.map((piece) => piece.values));
  const histograms = pieces.every((piece) => piece.histograms === null)
    ? null
    : pieces.flatMap((piece) => piece.histograms ?? new Array<null>(piece.times.length).fill(null));
  if (ascends(times)) return { times, values, histograms };
  return lastOfEachTime({ times, values, histograms });
}

function runningTotal(values: Float64Array): Float64Array {
  let total = 0;
  return values.map((value) => {
    total += Number.isNaN(value) ? 0 : value;
    return total;
  });
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    // As bytes: a NaN that says that the series ended must keep its bits.
    new Uint8Array(whole.buffer).set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at * 8);
    at += part.length;
  }
  return whole;
}

function ascends(times: Float64Array): boolean {
  for (let at = 1; at < times.length; at++) {
    if ((times[at - 1] ?? 0) >= (times[at] ?? 0)) return false;
  }
  return true;
}

function lastOfEachTime({ times, values, histograms }: SamplePiece): SamplePiece {
  const order = Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const kept = order.filter((at, place) => times[order[place + 1] ?? -1] !== times[at]);
  return {
    times: Float64Array.from(kept, (at) => times[at] ?? 0),
    values: concatenated(kept.map((at) => values.subarray(at, at + 1))),
    histograms: histograms === null ? null : kept.map((at) => histograms[at] ?? null),
  };
}
