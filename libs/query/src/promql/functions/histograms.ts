import { formatShort } from "@sightline/gotext/format-float";
import type { Expression } from "../ast.ts";
import { type ClassicBuckets, classicFraction, classicQuantile, monotonic } from "../classic-histogram.ts";
import { timeAt } from "../grid.ts";
import { allBuckets, type Histogram, hasCustomBuckets } from "../histogram/histogram.ts";
import { histogramFraction, histogramQuantile } from "../histogram/quantile.ts";
import { addTo, totalOf } from "../kahan.ts";
import { metricName, withLabel } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { mergeSameLabels, nameless } from "../same-labels.ts";
import { createColumns, createSeriesWriter, HISTOGRAM, type StepValues, type VectorSeries } from "../value.ts";
import { scalarAt, textAt, vectorAt } from "./arguments.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";
import { type InputHistogram, readHistograms } from "./histogram-input.ts";

/** Applies something to every native histogram of the argument; floats are left out. */
function ofNative(name: string, map: (histogram: Histogram) => number): FunctionDefinition {
  return vectorFunction(name, ["vector"], (call) => {
    const answers: VectorSeries[] = [];
    for (const { labels, kinds, histograms } of vectorAt(call, 0)) {
      if (histograms === null) continue;
      const writer = createSeriesWriter(kinds.length);
      for (let step = 0; step < kinds.length; step++) {
        const histogram = histograms[step];
        if (kinds[step] === HISTOGRAM && histogram !== undefined) writer.setFloat(step, map(histogram));
      }
      const named = nameless(labels, call.evaluation);
      answers.push(writer.series(named.labels, named.dropName));
    }
    return { kind: "vector", series: call.evaluation.delayedNameRemoval ? answers : mergeSameLabels(answers) };
  });
}

/** The variance, taking all observations of a bucket to be at its middle: the geometric one where buckets are exponential. */
function variance(histogram: Histogram): number {
  const mean = histogram.sum / histogram.count;
  const squares = { sum: 0, compensation: 0 };
  for (const { lower, upper, count } of allBuckets(histogram)) {
    if (count === 0) continue;
    const middle = hasCustomBuckets(histogram) ? (upper + lower) / 2 : geometricMiddle(lower, upper);
    addTo(squares, count * (middle - mean) ** 2);
  }
  return totalOf(squares) / histogram.count;
}

function geometricMiddle(lower: number, upper: number): number {
  if (lower <= 0 && upper >= 0) return 0;
  const middle = Math.sqrt(upper * lower);
  return upper < 0 ? -middle : middle;
}

interface Reading {
  readonly classic: (buckets: ClassicBuckets | null, step: number, histogram: InputHistogram) => number;
  readonly native: (histogram: Histogram, step: number, input: InputHistogram) => number;
}

/** How many buckets most histograms have. */
const bucketsOfMost = 12;

/** One float for each histogram and step. */
async function readEach(
  call: VectorCall,
  inputs: readonly InputHistogram[],
  reading: Reading,
): Promise<readonly VectorSeries[]> {
  const columns = createColumns();
  const answers: VectorSeries[] = [];
  for (const input of inputs) {
    const pause = call.evaluation.worked(call.grid.count * bucketsOfMost);
    if (pause !== null) await pause;
    const writer = createSeriesWriter(call.grid.count, columns);
    for (let step = 0; step < call.grid.count; step++) {
      const classic = input.classicAt(step);
      const native = input.nativeAt(step);
      if (classic !== null) writer.setFloat(step, reading.classic(classic.buckets, step, input));
      else if (native !== null) writer.setFloat(step, reading.native(native, step, input));
    }
    const named = nameless(input.labels, call.evaluation);
    answers.push(writer.series(named.labels, named.dropName));
  }
  return answers;
}

function answer(call: VectorCall, series: readonly VectorSeries[]): StepValues {
  return { kind: "vector", series: call.evaluation.delayedNameRemoval ? series : mergeSameLabels(series) };
}

interface QuantileArguments {
  readonly vector: Expression;
  readonly quantile: Expression;
  readonly at: Float64Array;
}

/** How a quantile is read of a histogram, with all that may be odd about it. */
function quantileReading({ evaluation, grid }: VectorCall, { vector, quantile, at }: QuantileArguments): Reading {
  const { notes, delayedNameRemoval } = evaluation;
  return {
    classic(buckets, step, input) {
      const wanted = at[step] ?? Number.NaN;
      if (Number.isNaN(wanted)) return Number.NaN;
      if (wanted < 0 || wanted > 1) return wanted < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      if (buckets === null) return Number.NaN;
      const { buckets: raised, forced } = monotonic(buckets);
      if (forced !== null) {
        const name = delayedNameRemoval ? metricName(input.labels) : "";
        notes.informForced(texts.forcedMonotonicity(name), vector.span, { ...forced, atMs: timeAt(grid, step) });
      }
      return classicQuantile(wanted, raised);
    },
    native(histogram, step, input) {
      const { value, nans } = histogramQuantile(at[step] ?? Number.NaN, histogram);
      const name = delayedNameRemoval ? metricName(input.labels) : "";
      if (nans === "result") notes.inform(texts.quantileOfNans(name), quantile.span);
      if (nans === "skewed") notes.inform(texts.quantileSkewedByNans(name), quantile.span);
      return value;
    },
  };
}

/** Tells of quantiles that are none; those of steps at which nothing is asked for as well. */
function checkQuantiles({ evaluation }: VectorCall, at: Float64Array, argument: Expression): void {
  for (const wanted of new Set(at)) {
    if (!(wanted >= 0 && wanted <= 1)) evaluation.notes.warn(texts.invalidQuantile(wanted), argument.span);
  }
}

async function quantiles(call: VectorCall): Promise<StepValues> {
  const [quantile, vector] = call.call.arguments;
  if (quantile === undefined || vector === undefined) return { kind: "vector", series: [] };
  const at = scalarAt(call, 0);
  checkQuantiles(call, at, quantile);
  const inputs = readHistograms(vectorAt(call, 1), { argument: vector, evaluation: call.evaluation });
  return answer(call, await readEach(call, inputs, quantileReading(call, { vector, quantile, at })));
}

/** Several quantiles at once, each told by a label. */
async function severalQuantiles(call: VectorCall): Promise<StepValues> {
  const [vector, , ...wanted] = call.call.arguments;
  if (vector === undefined) return { kind: "vector", series: [] };
  const label = textAt(call, 1);
  const inputs = readHistograms(vectorAt(call, 0), { argument: vector, evaluation: call.evaluation });
  const answers: VectorSeries[] = [];
  for (const [i, quantile] of wanted.entries()) {
    const at = scalarAt(call, i + 2);
    checkQuantiles(call, at, quantile);
    const read = await readEach(call, inputs, quantileReading(call, { vector, quantile: vector, at }));
    for (const series of read) answers.push(...labelled(series, label, at));
  }
  return answer(call, mergeSameLabels(answers));
}

/** The series once for each different quantile there is over the steps. */
function labelled(series: VectorSeries, label: string, at: Float64Array): VectorSeries[] {
  return [...new Set(at)].map((wanted) => ({
    ...series,
    labels: withLabel(series.labels, label, quantileText(wanted)),
    kinds: series.kinds.map((kind, step) => (Object.is(at[step], wanted) ? kind : 0)),
  }));
}

/** A quantile as OpenMetrics writes a float: with a point or an exponent. */
function quantileText(wanted: number): string {
  const text = formatShort(wanted);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

async function fractions(call: VectorCall): Promise<StepValues> {
  const [first, , vector] = call.call.arguments;
  if (first === undefined || vector === undefined) return { kind: "vector", series: [] };
  const lower = scalarAt(call, 0);
  const upper = scalarAt(call, 1);
  const inputs = readHistograms(vectorAt(call, 2), { argument: vector, evaluation: call.evaluation });
  const { notes, delayedNameRemoval } = call.evaluation;
  const read = await readEach(call, inputs, {
    classic: (buckets, step) =>
      buckets === null ? Number.NaN : classicFraction(lower[step] ?? 0, upper[step] ?? 0, buckets),
    native(histogram, step, input) {
      const { value, nans } = histogramFraction(lower[step] ?? 0, upper[step] ?? 0, histogram);
      const name = delayedNameRemoval ? metricName(input.labels) : "";
      if (nans !== "none") notes.inform(texts.fractionOfNans(name), first.span);
      return value;
    },
  });
  return answer(call, read);
}

export const histogramFunctions: readonly FunctionDefinition[] = [
  ofNative("histogram_count", ({ count }) => count),
  ofNative("histogram_sum", ({ sum }) => sum),
  ofNative("histogram_avg", ({ sum, count }) => sum / count),
  ofNative("histogram_stdvar", variance),
  ofNative("histogram_stddev", (histogram) => Math.sqrt(variance(histogram))),
  vectorFunction("histogram_quantile", ["scalar", "vector"], quantiles),
  vectorFunction("histogram_quantiles", ["vector", "string", "scalar", "scalar"], severalQuantiles, {
    variadic: 9,
    isExperimental: true,
  }),
  vectorFunction("histogram_fraction", ["scalar", "scalar", "vector"], fractions),
];
