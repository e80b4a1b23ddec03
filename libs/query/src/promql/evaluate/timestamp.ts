import { type Call, unwrap } from "../ast.ts";
import { type Grid, timeAt } from "../grid.ts";
import { mergeSameLabels, nameless } from "../same-labels.ts";
import { ABSENT, createSeriesWriter, type StepValues, type VectorSeries } from "../value.ts";
import { type Evaluator, nothingAround } from "./evaluator.ts";
import { sampleEach, selectSeries } from "./instant-selector.ts";
import { momentsOf } from "./selector-times.ts";

/** Evaluates timestamp(): the time of each sample of a selector; of anything else the time of the step. */
export async function evaluateTimestamp(
  { arguments: parts }: Call,
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<StepValues> {
  const { evaluation } = evaluator;
  const [argument] = parts;
  if (argument === undefined) return { kind: "vector", series: [] };
  const inner = unwrap(argument);
  const series =
    inner.kind === "vector-selector" && inner.extended === null
      ? await timesOfSamples(inner, { evaluator, grid })
      : (await evaluator.vector(inner, grid, nothingAround)).map((one) => timesOfSteps(one, grid));
  const named = series.map((one) => ({ ...one, ...nameless(one.labels, evaluation) }));
  return { kind: "vector", series: evaluation.delayedNameRemoval ? named : mergeSameLabels(named) };
}

async function timesOfSamples(
  selector: Parameters<typeof selectSeries>[0],
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<readonly VectorSeries[]> {
  const { evaluation } = evaluator;
  const moments = momentsOf(selector, grid, evaluation);
  const around = { ...nothingAround, function: "timestamp" };
  const series = await selectSeries(selector, { moments, grid, around }, evaluation);
  return sampleEach(series, { grid, moments, evaluation }, (writer, step, { series: { times }, at }) =>
    writer.setFloat(step, (times[at] ?? 0) / 1000),
  );
}

function timesOfSteps({ labels, dropName, kinds }: VectorSeries, grid: Grid): VectorSeries {
  const writer = createSeriesWriter(grid.count);
  for (let step = 0; step < grid.count; step++) {
    if (kinds[step] !== ABSENT) writer.setFloat(step, timeAt(grid, step) / 1000);
  }
  return writer.series(labels, dropName);
}
