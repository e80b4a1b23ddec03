import type { VectorSelector } from "../ast.ts";
import { type Grid, timeAt } from "../grid.ts";
import { hasCustomBuckets } from "../histogram/histogram.ts";
import { interpolateHistograms } from "../histogram/interpolate.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { rangeSamples, type SampledSeries } from "../samples.ts";
import { createSeriesWriter, type SeriesWriter, type VectorSeries } from "../value.ts";
import { createMovingWindow, floatCount, histogramCount, type RangeWindow } from "../window.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Moments } from "./selector-times.ts";

interface Smoothing {
  readonly grid: Grid;
  readonly moments: Moments;
  readonly evaluation: Evaluation;
}

/** For each step the value between the samples around it, or the one before where none follows. */
export function smoothSeries(
  series: SampledSeries,
  selector: VectorSelector,
  { grid, moments, evaluation }: Smoothing,
): VectorSeries {
  const writer = createSeriesWriter(grid.count);
  const { lookbackMs, notes } = evaluation;
  const options = { rangeMs: 0, beforeMs: lookbackMs, behindMs: lookbackMs, extended: "smoothed" } as const;
  const { window, moveTo } = createMovingWindow(rangeSamples(series), options);
  const name = metricName(series.labels);
  for (let step = 0; step < grid.count; step++) {
    moveTo(timeAt(grid, step), moments.at(step));
    const floats = floatCount(window);
    const histograms = histogramCount(window);
    if (floats > 0 && histograms > 0) notes.warn(texts.mixedFloatsAndHistograms(name), selector.span);
    else if (floats > 0) smoothFloats(window, writer, step);
    else if (histograms > 0) smoothHistograms(window, writer, { step, selector, evaluation });
  }
  return writer.series(series.labels, false);
}

/** The last sample that is not after the end of the window, and how far the end is on the way to the next. */
function placeOf(times: Float64Array, { from, to, endMs }: Pick<RangeWindow, "from" | "to" | "endMs">) {
  if (from === to || (times[from] ?? 0) > endMs) return null;
  let at = from;
  while (at < to - 1 && (times[at + 1] ?? 0) <= endMs) at++;
  const beforeMs = times[at] ?? 0;
  if (at === to - 1) return { at, share: 0 };
  return { at, share: (endMs - beforeMs) / ((times[at + 1] ?? 0) - beforeMs) };
}

function smoothFloats(window: RangeWindow, writer: SeriesWriter, step: number): void {
  const { times, values } = window;
  const place = placeOf(times, window);
  if (place === null) return;
  const { at, share } = place;
  const before = values[at] ?? 0;
  writer.setFloat(step, share === 0 ? before : before + ((values[at + 1] ?? 0) - before) * share);
}

function smoothHistograms(
  { histogramTimes, histograms, histogramFrom: from, histogramTo: to, labels, endMs }: RangeWindow,
  writer: SeriesWriter,
  {
    step,
    selector,
    evaluation,
  }: { readonly step: number; readonly selector: VectorSelector; readonly evaluation: Evaluation },
): void {
  const place = placeOf(histogramTimes, { from, to, endMs });
  const before = histograms[place?.at ?? -1];
  if (place === null || before === undefined) return;
  const after = histograms[place.at + 1];
  if (place.share === 0 || after === undefined) {
    writer.setHistogram(step, before);
    return;
  }
  const { notes } = evaluation;
  const { span } = selector;
  if (hasCustomBuckets(before) !== hasCustomBuckets(after)) {
    notes.warn(texts.mixedSchemas(metricName(labels)), span);
    return;
  }
  const interpolation = {
    share: place.share,
    isCounter: before.hint !== "gauge" && after.hint !== "gauge",
    reconciled: (operation: "addition" | "subtraction") => notes.inform(texts.boundsReconciled(operation), span),
  };
  writer.setHistogram(step, interpolateHistograms(before, after, interpolation));
}
