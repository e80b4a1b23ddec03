import { type Call, type Expression, unwrap, type VectorSelector } from "../ast.ts";
import { type Grid, timeAt } from "../grid.ts";
import { mergeSameLabels, nameless } from "../same-labels.ts";
import { ABSENT, createSeriesWriter, type StepValues, type VectorSeries } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Evaluator, nothingAround } from "./evaluator.ts";
import { sampleEach, selectSeries, type WriteSample } from "./instant-selector.ts";
import { momentsOf } from "./selector-times.ts";

interface At {
  readonly evaluator: Evaluator;
  readonly grid: Grid;
}

/** Evaluates timestamp(): the time of each sample of a selector; of anything else the time of the step. */
export async function evaluateTimestamp({ arguments: [argument] }: Call, at: At): Promise<StepValues> {
  if (argument === undefined) return { kind: "vector", series: [] };
  const inner = unwrap(argument);
  const series = isPlainSelector(inner)
    ? await ofSamples(inner, at, (writer, step, { series: { times }, at: i }) =>
        writer.setFloat(step, (times[i] ?? 0) / 1000),
      )
    : (await at.evaluator.vector(inner, at.grid, nothingAround)).map((one) => timesOfSteps(one, at.grid));
  return withoutNames(series, at.evaluator.evaluation);
}

/** Evaluates start_timestamp(): when the counter of each sample of a selector began, 0 where nobody knows. */
export async function evaluateStartTimestamp({ arguments: [argument] }: Call, at: At): Promise<StepValues> {
  const { evaluation } = at.evaluator;
  const inner = argument === undefined ? null : unwrap(argument);
  if (!evaluation.useStartTimes || inner === null || !isPlainSelector(inner)) return { kind: "vector", series: [] };
  const series = await ofSamples(inner, at, (writer, step, { series: { startTimes }, at: i }) =>
    writer.setFloat(step, (startTimes?.[i] ?? 0) / 1000),
  );
  return withoutNames(series, evaluation);
}

function isPlainSelector(expression: Expression): expression is VectorSelector {
  return expression.kind === "vector-selector" && expression.extended === null;
}

function withoutNames(series: readonly VectorSeries[], evaluation: Evaluation): StepValues {
  const named = series.map((one) => ({ ...one, ...nameless(one.labels, evaluation) }));
  return { kind: "vector", series: evaluation.delayedNameRemoval ? named : mergeSameLabels(named) };
}

async function ofSamples(
  selector: VectorSelector,
  { evaluator, grid }: At,
  write: WriteSample,
): Promise<readonly VectorSeries[]> {
  const { evaluation } = evaluator;
  const moments = momentsOf(selector, grid, evaluation);
  const around = { ...nothingAround, function: "timestamp" };
  const series = await selectSeries(selector, { moments, grid, around }, evaluation);
  return sampleEach(series, { grid, moments, evaluation }, write);
}

function timesOfSteps({ labels, dropName, kinds }: VectorSeries, grid: Grid): VectorSeries {
  const writer = createSeriesWriter(grid.count);
  for (let step = 0; step < grid.count; step++) {
    if (kinds[step] !== ABSENT) writer.setFloat(step, timeAt(grid, step) / 1000);
  }
  return writer.series(labels, dropName);
}
