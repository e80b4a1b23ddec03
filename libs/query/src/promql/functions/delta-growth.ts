import { divide } from "../histogram/arithmetic.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compact } from "../histogram/layout.ts";
import { addTo, totalOf } from "../kahan.ts";
import type { RangeWindow } from "../window.ts";
import type { RangeAnswer, RangeContext } from "./definition.ts";
import { sumOfHistograms } from "./histograms-over-time.ts";
import type { RateKind } from "./rate-kind.ts";

/**
 * What a counter of deltas grew by in a range: the sum of those that lie in it. Nothing is extrapolated: a delta says all that came
 * since the one before, so that one alone is an answer, a restart loses nothing and a gap is a time without growth.
 */
export function growthOfDeltas(window: RangeWindow, { isRate }: RateKind, context: RangeContext): RangeAnswer {
  const { startMs, endMs, times, values } = window;
  const seconds = isRate ? (endMs - startMs) / 1000 : 1;
  const kahan = { sum: 0, compensation: 0 };
  let floats = 0;
  for (let i = window.from; i < window.to; i++) {
    if (!isInside(times[i] ?? 0, window)) continue;
    addTo(kahan, values[i] ?? 0);
    floats++;
  }
  if (floats > 0) return totalOf(kahan) / seconds;
  const grown = sumOfHistograms(insideOnly(window), context);
  return grown === null ? null : withoutHint(divide(grown, seconds));
}

/** An extended range has samples beside it too. */
function isInside(ms: number, { startMs, endMs }: RangeWindow): boolean {
  return ms > startMs && ms <= endMs;
}

function insideOnly(window: RangeWindow): RangeWindow {
  if (window.extended === null) return window;
  const { histogramTimes: times } = window;
  let { histogramFrom, histogramTo } = window;
  while (histogramFrom < histogramTo && !isInside(times[histogramFrom] ?? 0, window)) histogramFrom++;
  while (histogramTo > histogramFrom && !isInside(times[histogramTo - 1] ?? 0, window)) histogramTo--;
  return { ...window, histogramFrom, histogramTo };
}

/** What grew is no counter. */
function withoutHint(grown: Histogram): Histogram {
  return compact({ ...grown, hint: "gauge" });
}
