import { type Call, type Expression, unwrap } from "../ast.ts";
import { absence } from "../functions/absence.ts";
import type { OfPlainFloats, RangeFunction } from "../functions/definition.ts";
import { createSampledWindows, type FindSampledWindows } from "../functions/sampled-windows.ts";
import { type Grid, timeAt } from "../grid.ts";
import { labelValue, metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { nameless, requireDifferentLabels } from "../same-labels.ts";
import type { RangeSamples } from "../samples.ts";
import {
  type Columns,
  createColumns,
  createSeriesWriter,
  type SeriesWriter,
  type StepValues,
  type VectorSeries,
} from "../value.ts";
import { createMovingWindow, sampleCount } from "../window.ts";
import { type Evaluation, executionProblem } from "./evaluation.ts";
import type { Evaluator } from "./evaluator.ts";
import { evaluateRangeVector, isRangeVector, type RangeVector } from "./range-vector.ts";

const extendable = {
  anchored: ["changes", "delta", "increase", "rate", "resets"],
  smoothed: ["delta", "increase", "rate"],
} as const;

/** Evaluates a call of a range function: for each series and step its answer for the samples in the window. */
export async function evaluateRangeCall(
  call: Call,
  definition: RangeFunction,
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<StepValues> {
  const { vector, scalars } = await evaluateArguments(call, { evaluator, grid });
  const { evaluation } = evaluator;
  const { rangeMs } = vector.options;
  requireExtendable(call, vector);
  const answers: VectorSeries[] = [];
  const columns = createColumns();
  const endsMs = Float64Array.from({ length: grid.count }, (_, step) => vector.moments.at(step));
  const windowsOf = createSampledWindows({ endsMs, rangeMs });
  const answering = { call, definition, evaluator, grid, vector, windowsOf, scalars, columns };
  const { ofPlainFloats } = definition;
  for (let i = 0; i < vector.series.length; i++) {
    if (i % 16 === 0) await evaluation.breathe();
    const samples = vector.series[i];
    if (samples === undefined) continue;
    evaluation.budget.take(grid.count);
    let series: VectorSeries | null;
    if (ofPlainFloats !== null && isPlain(samples, vector, evaluation)) {
      series = answerAtOnce(samples, ofPlainFloats, answering);
      const pause = evaluation.worked(samples.times.length);
      if (pause !== null) await pause;
    } else series = await answerEach(samples, answering);
    if (series === null) {
      evaluation.budget.give(grid.count);
      continue;
    }
    if (call.name === "rate" || call.name === "increase") noteNonCounter(samples, series, { call, evaluator });
    answers.push(series);
  }
  return { kind: "vector", series: evaluation.delayedNameRemoval ? answers : requireDifferentLabels(answers) };
}

/** Evaluates absent_over_time. */
export async function evaluateAbsentOverTime(
  call: Call,
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<StepValues> {
  const { vector } = await evaluateArguments(call, { evaluator, grid });
  requireExtendable(call, vector);
  const present = new Uint8Array(grid.count);
  for (const samples of vector.series) {
    const pause = evaluator.evaluation.worked(grid.count + samples.times.length);
    if (pause !== null) await pause;
    const moving = createMovingWindow(samples, vector.options);
    for (let step = 0; step < grid.count; step++) {
      moving.moveTo(timeAt(grid, step), vector.moments.at(step));
      if (sampleCount(moving.window) > 0) present[step] = 1;
    }
  }
  const [argument] = call.arguments;
  return argument === undefined ? { kind: "vector", series: [] } : absence(present, argument);
}

async function evaluateArguments(
  call: Call,
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<{ vector: RangeVector; scalars: readonly Float64Array[] }> {
  const around = { function: call.name, grouping: null, by: false };
  const parts = call.arguments.map(unwrap);
  const range = parts.find(isRangeVector);
  if (range === undefined) throw executionProblem(`cannot evaluate ${call.name}: got no range vector`);
  const scalars = await Promise.all(
    parts.filter((part: Expression) => !isRangeVector(part)).map((part) => evaluator.scalar(part, grid)),
  );
  return { vector: await evaluateRangeVector(range, grid, { evaluator, around }), scalars };
}

function requireExtendable({ name }: Call, { options: { extended } }: RangeVector): void {
  if (extended === null) return;
  const names: readonly string[] = extendable[extended];
  if (names.includes(name)) return;
  throw executionProblem(`${extended} modifier can only be used with: ${names.join(", ")} - not with ${name}`);
}

interface Answering {
  readonly call: Call;
  readonly definition: RangeFunction;
  readonly evaluator: Evaluator;
  readonly grid: Grid;
  readonly vector: RangeVector;
  readonly windowsOf: FindSampledWindows;
  readonly scalars: readonly Float64Array[];
  readonly columns: Columns;
}

/** The answers for a series of plain floats: of most series, so that none of them waits for anything. */
function answerAtOnce(samples: RangeSamples, ofPlainFloats: OfPlainFloats, answering: Answering): VectorSeries | null {
  const { grid, windowsOf, columns } = answering;
  const { kinds, values } = columns(grid.count);
  const size = ofPlainFloats(samples, windowsOf(samples.times), { kinds, values });
  if (size === 0) return null;
  const { labels, dropName } = namedAs(samples, answering);
  return { labels, dropName, kinds, values, histograms: null };
}

async function answerEach(samples: RangeSamples, answering: Answering): Promise<VectorSeries | null> {
  const { grid, columns } = answering;
  const writer = createSeriesWriter(grid.count, columns);
  await writeEach(samples, answering, writer);
  if (writer.size() === 0) return null;
  const { labels, dropName } = namedAs(samples, answering);
  return writer.series(labels, dropName);
}

function namedAs(
  samples: RangeSamples,
  { definition, evaluator: { evaluation } }: Answering,
): Pick<VectorSeries, "labels" | "dropName"> {
  return definition.keepsName ? samples : nameless(samples.labels, evaluation);
}

/** Whether there is nothing but floats to look at, each of which is one sample of a total. */
function isPlain(samples: RangeSamples, { options }: RangeVector, { useStartTimes }: Evaluation): boolean {
  const { histograms, weights, startTimes, isDelta } = samples;
  const isOnlyFloats = histograms.length === 0 && weights === null && !isDelta;
  return isOnlyFloats && options.extended === null && (startTimes === null || !useStartTimes);
}

/** Calls the function for each step that has any samples. */
async function writeEach(samples: RangeSamples, answering: Answering, writer: SeriesWriter): Promise<void> {
  const { call, definition, evaluator, grid, vector, scalars } = answering;
  const { evaluation } = evaluator;
  const { window, moveTo } = createMovingWindow(samples, vector.options);
  const context = { call, evaluation };
  const given = new Array<number>(scalars.length).fill(0);
  for (let step = 0; step < grid.count; step++) {
    moveTo(timeAt(grid, step), vector.moments.at(step));
    const size = sampleCount(window);
    if (size === 0) continue;
    const pause = evaluation.worked(size);
    if (pause !== null) await pause;
    for (let i = 0; i < given.length; i++) given[i] = scalars[i]?.[step] ?? 0;
    const answer = definition.evaluate(window, given, context);
    if (answer === null) continue;
    if (typeof answer === "number") writer.setFloat(step, answer);
    else writer.setHistogram(step, answer);
  }
}

/** Tells of a rate of what is probably no counter. */
function noteNonCounter(
  { labels }: RangeSamples,
  { kinds }: VectorSeries,
  { call, evaluator }: { readonly call: Call; readonly evaluator: Evaluator },
): void {
  const name = metricName(labels);
  if (name === "" || !kinds.includes(1)) return;
  const { notes, typeAndUnitLabels } = evaluator.evaluation;
  const { span } = call.arguments[0] ?? call;
  if (typeAndUnitLabels) {
    const type = labelValue(labels, "__type__");
    if (type !== "counter" && type !== "histogram") notes.inform(texts.possibleNonCounterType(name, type), span);
  } else if (!/_(?:total|sum|count|bucket)$/.test(name)) {
    notes.inform(texts.possibleNonCounter(name), span);
  }
}
