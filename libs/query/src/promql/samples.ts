import type { Histogram } from "./histogram/histogram.ts";
import type { Labels } from "./labels.ts";

/** The samples of a series as they are stored. */
export interface SampledSeries {
  readonly labels: Labels;
  /** Milliseconds since 1970, ascending, none twice. */
  readonly times: Float64Array;
  /**
   * One for each time, with the bits that were stored: the NaN 0x7ff0000000000002 says that the series has ended there (also one of
   * histograms).
   */
  readonly values: Float64Array;
  /** One for each time, null where the sample is a float; null when all are. */
  readonly histograms: readonly (Histogram | null)[] | null;
  /** When the counter of each sample began, in milliseconds since 1970, 0 where nobody knows; null when none is known. */
  readonly startTimes: Float64Array | null;
  /**
   * How many stored samples each one stands for, where the source has put some together as the hints allow: to their sum for
   * `sum_over_time`, their mean for `avg_over_time` and so on; null where each is one.
   */
  readonly weights: Float64Array | null;
  /** Whether this is a counter whose values are what came since the one before, each: its growth is their sum. */
  readonly isDelta: boolean;
}

/** The samples of a series that a range function looks at: floats and histograms apart, without marks of the end. */
export interface RangeSamples {
  readonly labels: Labels;
  /** As that of the series of a subquery. */
  readonly dropName: boolean;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly startTimes: Float64Array | null;
  readonly weights: Float64Array | null;
  readonly isDelta: boolean;
  readonly histogramTimes: Float64Array;
  readonly histogramStartTimes: Float64Array | null;
  readonly histogramWeights: Float64Array | null;
  readonly histograms: readonly Histogram[];
}

const staleLow = 2;
const staleHigh = 0x7ff0_0000;

/** Finds marks of the end by their bits, which differ from those of any other NaN. */
export function createStaleTest(values: Float64Array): (at: number) => boolean {
  // Most series have no NaN to look at.
  let words: Uint32Array | null = null;
  return (at) => {
    if (!Number.isNaN(values[at])) return false;
    words ??= new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    return words[2 * at] === staleLow && words[2 * at + 1] === staleHigh;
  };
}

/** Writes the mark of the end of a series. */
export function writeStale(values: Float64Array, at: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  words[2 * at] = staleLow;
  words[2 * at + 1] = staleHigh;
}

const noTimes = new Float64Array(0);
const noHistograms: readonly Histogram[] = [];

export function rangeSamples(series: SampledSeries): RangeSamples {
  const { labels, times, values, histograms, startTimes, weights, isDelta } = series;
  if (histograms === null && !hasStale(values)) {
    return {
      labels,
      dropName: false,
      times,
      values,
      startTimes,
      weights,
      isDelta,
      histogramTimes: noTimes,
      histogramStartTimes: null,
      histogramWeights: null,
      histograms: noHistograms,
    };
  }
  const isStale = createStaleTest(values);
  const floats: number[] = [];
  const others: number[] = [];
  for (let i = 0; i < times.length; i++) {
    if ((histograms?.[i] ?? null) !== null) others.push(i);
    else if (!isStale(i)) floats.push(i);
  }
  const pick = (column: Float64Array, indexes: readonly number[]) => Float64Array.from(indexes, (i) => column[i] ?? 0);
  const pickKnown = (column: Float64Array | null, indexes: readonly number[]) => column && pick(column, indexes);
  return {
    labels,
    dropName: false,
    times: pick(times, floats),
    values: pick(values, floats),
    startTimes: pickKnown(startTimes, floats),
    weights: pickKnown(weights, floats),
    isDelta,
    histogramTimes: pick(times, others),
    histogramStartTimes: pickKnown(startTimes, others),
    histogramWeights: pickKnown(weights, others),
    histograms: others.flatMap((i) => histograms?.[i] ?? []),
  };
}

function hasStale(values: Float64Array): boolean {
  // Most series have no NaN to look at.
  let from = 0;
  while (from < values.length && !Number.isNaN(values[from])) from++;
  if (from === values.length) return false;
  const isStale = createStaleTest(values);
  while (from < values.length && !isStale(from)) from++;
  return from < values.length;
}
