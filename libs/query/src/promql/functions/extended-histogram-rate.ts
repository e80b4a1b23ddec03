import { divide } from "../histogram/arithmetic.ts";
import { isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { interpolateHistograms } from "../histogram/interpolate.ts";
import { compact } from "../histogram/layout.ts";
import type { RangeWindow } from "../window.ts";
import type { RangeContext } from "./definition.ts";
import { endsOf, type RangeEnds } from "./extended-rate.ts";
import { type GrowthNotes, growthNotes } from "./histogram-growth.ts";
import type { RateKind } from "./rate-kind.ts";

/** As the extended rate of floats. */
export function extendedHistogramRate(
  window: RangeWindow,
  { isCounter, isRate }: RateKind,
  context: RangeContext,
): Histogram | null {
  const { histogramTimes: times, histogramFrom, histogramTo, startMs, endMs } = window;
  const ends = endsOf(window, { times, from: histogramFrom, to: histogramTo });
  if (ends === null) return null;
  // From here on counted from the first sample.
  const points = window.histograms.slice(ends.first, ends.last + 1);
  const notes = growthNotes(window, context);
  if (!notes.haveOneKindOfBounds(points)) return null;
  if (isCounter) notes.requireCounters(points);
  const between = (at: number, ms: number) => {
    const fromMs = times[at] ?? 0;
    const share = (ms - fromMs) / ((times[at + 1] ?? 0) - fromMs);
    const [before, after] = [window.histograms[at], window.histograms[at + 1]];
    if (before === undefined || after === undefined) return before;
    return interpolateHistograms(before, after, { share, isCounter, reconciled: notes.reconciled });
  };
  const left = ends.isBeforeStart ? between(ends.first, startMs) : points[0];
  const right = ends.isAfterEnd ? between(ends.last - 1, endMs) : points.at(-1);
  if (left === undefined || right === undefined) return null;
  if (!isCounter) notes.requireGauges([left, right]);
  let grown = notes.combine(right, left, "subtraction");
  const lost = isCounter ? lostToResets(points, { left, right, ends }, notes) : null;
  if (lost !== null) grown = notes.combine(grown, lost, "addition");
  if (isRate) grown = divide(grown, (endMs - startMs) / 1000);
  return compact({ ...grown, hint: "gauge" });
}

/** What the counter had reached where it was reset. A reset that `left` or `right` lies in is in them already. */
function lostToResets(
  points: readonly Histogram[],
  { left, right, ends }: { readonly left: Histogram; readonly right: Histogram; readonly ends: RangeEnds },
  notes: GrowthNotes,
): Histogram | null {
  const [first, second] = points;
  let previous = left;
  let at = 1;
  if (ends.isBeforeStart && first !== undefined && second !== undefined && isReset(second, first)) {
    previous = second;
    at = 2;
  }
  if (at > points.length - 1) return null;
  let lost: Histogram | null = null;
  for (const point of [...points.slice(at, -1), right]) {
    if (isReset(point, previous)) lost = lost === null ? previous : notes.combine(lost, previous, "addition");
    previous = point;
  }
  return lost;
}
