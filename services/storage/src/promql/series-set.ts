import { compareLabels, type Labels, noLabels } from "@sightline/query/promql/labels";
import type { SampledSeries } from "@sightline/query/promql/samples";
import { inLabelOrder } from "./label-order.ts";

/** Some samples of a series, in the order of time. */
export type SamplePiece = Pick<SampledSeries, "times" | "values" | "histograms" | "weights" | "isDelta">;

/** Gathers the samples of series; those with the same labels are one series, whatever they were stored as. */
export interface SeriesSet {
  add(labels: Labels, piece: SamplePiece): void;
  /** As `add` for each: labels that ascend, none twice, and what there is of each. Costs the less where it is all that is added. */
  addAll(labels: readonly Labels[], pieces: readonly (SamplePiece | undefined)[]): void;
  /** In the order of the labels, each with its samples in the order of time, the last of those with one time. */
  series(): SampledSeries[];
}

export function createSeriesSet(): SeriesSet {
  const found = new Map<Labels, SamplePiece[]>();
  // The first of all that was added, as long as nothing else was.
  let ordered: Ordered | undefined;

  function put(labels: Labels, piece: SamplePiece): void {
    const known = found.get(labels);
    if (known === undefined) found.set(labels, [piece]);
    else known.push(piece);
  }

  function addEach({ labels, pieces }: Ordered): void {
    for (const [at, one] of labels.entries()) {
      const piece = pieces[at];
      if (piece !== undefined) put(one, piece);
    }
  }

  /** In the order in which all is added: the last of two samples of one time is the one that counts. */
  function addOrdered(): void {
    if (ordered === undefined) return;
    addEach(ordered);
    ordered = undefined;
  }

  return {
    add(labels, piece) {
      addOrdered();
      put(labels, piece);
    },
    addAll(labels, pieces) {
      if (ordered === undefined && found.size === 0) {
        ordered = { labels, pieces };
        return;
      }
      addOrdered();
      addEach({ labels, pieces });
    },
    series() {
      if (ordered !== undefined) return seriesOf(ordered);
      const sorted = inLabelOrder(found.keys());
      const ascend = createAscendTest();
      const series: SampledSeries[] = [];
      for (let at = 0; at < sorted.length; ) {
        const labels = sorted[at++] ?? noLabels;
        let pieces = found.get(labels) ?? [];
        // Equal labels of several stored series stand beside each other now.
        for (let next = sorted[at]; next !== undefined && compareLabels(labels, next) === 0; next = sorted[++at]) {
          pieces = [...pieces, ...(found.get(next) ?? [])];
        }
        series.push(oneSeries(labels, joined(pieces, ascend)));
      }
      return series;
    },
  };
}

interface Ordered {
  readonly labels: readonly Labels[];
  readonly pieces: readonly (SamplePiece | undefined)[];
}

function seriesOf({ labels, pieces }: Ordered): SampledSeries[] {
  const ascend = createAscendTest();
  const series: SampledSeries[] = [];
  for (let at = 0; at < labels.length; at++) {
    const piece = pieces[at];
    if (piece === undefined) continue;
    series.push(oneSeries(labels[at] ?? noLabels, ascend(piece.times) ? piece : joined([piece], ascend)));
  }
  return series;
}

function oneSeries(labels: Labels, { times, values, histograms, weights, isDelta }: SamplePiece): SampledSeries {
  return { labels, times, values, histograms, startTimes: null, weights, isDelta };
}

/** The samples in the order of time, the last of those with one time. */
export function inTimeOrder(piece: SamplePiece): SamplePiece {
  return joined([piece], ascends);
}

function joined(unordered: readonly SamplePiece[], ascend: (times: Float64Array) => boolean): SamplePiece {
  const [only] = unordered;
  if (only !== undefined && unordered.length === 1 && ascend(only.times)) return only;
  const pieces = unordered.toSorted((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  const isDelta = pieces.every((piece) => piece.isDelta);
  // Who went over from deltas to totals: the deltas become a total of their own, which a counter left off with.
  const alike = isDelta ? pieces : pieces.map((piece) => (piece.isDelta ? runningTotal(piece) : piece));
  const whole = {
    times: concatenated(alike.map((piece) => piece.times)),
    values: concatenated(alike.map((piece) => piece.values)),
    histograms: alike.every((piece) => piece.histograms === null)
      ? null
      : alike.flatMap((piece) => piece.histograms ?? new Array<null>(piece.times.length).fill(null)),
    weights: alike.every((piece) => piece.weights === null)
      ? null
      : concatenated(alike.map((piece) => piece.weights ?? new Float64Array(piece.times.length).fill(1))),
    isDelta,
  };
  return ascends(whole.times) ? whole : lastOfEachTime(whole);
}

function runningTotal(piece: SamplePiece): SamplePiece {
  let total = 0;
  const values = piece.values.map((value) => {
    total += Number.isNaN(value) ? 0 : value;
    return total;
  });
  return { ...piece, values, isDelta: false };
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    // Between arrays of one type bits are kept, also those of a NaN that says that the series ended.
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Looks once at times that series have which follow each other. */
function createAscendTest(): (times: Float64Array) => boolean {
  let ascending: Float64Array | null = null;
  return (times) => {
    if (times === ascending) return true;
    if (!ascends(times)) return false;
    ascending = times;
    return true;
  };
}

function ascends(times: Float64Array): boolean {
  for (let at = 1; at < times.length; at++) {
    if ((times[at - 1] ?? 0) >= (times[at] ?? 0)) return false;
  }
  return true;
}

function lastOfEachTime({ times, values, histograms, weights, isDelta }: SamplePiece): SamplePiece {
  const order = Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const kept = order.filter((at, place) => times[order[place + 1] ?? -1] !== times[at]);
  return {
    times: Float64Array.from(kept, (at) => times[at] ?? 0),
    values: concatenated(kept.map((at) => values.subarray(at, at + 1))),
    histograms: histograms === null ? null : kept.map((at) => histograms[at] ?? null),
    weights: weights === null ? null : Float64Array.from(kept, (at) => weights[at] ?? 0),
    isDelta,
  };
}
