import { formatNumber } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";
import { type Aggregation, unwrap } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { formatHistogram } from "../histogram/format.ts";
import { isLabelName, metricNameLabel } from "../label-names.ts";
import { dropLabels, keepLabels, keyOf, keyOfSome, type Labels, withLabel } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { FLOAT, HISTOGRAM, type StepValues, type VectorSeries } from "../value.ts";
import { type Aggregating, aggregateGroup, type Group } from "./aggregate.ts";
import { aggregateSome } from "./aggregate-some.ts";
import { type Evaluation, executionProblem } from "./evaluation.ts";
import type { Evaluator } from "./evaluator.ts";

const choosing = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/** Evaluates an aggregation over all steps. */
export async function evaluateAggregation(
  aggregation: Aggregation,
  grid: Grid,
  evaluator: Evaluator,
): Promise<StepValues> {
  const { evaluation } = evaluator;
  const { operator, expression, without, grouping } = aggregation;
  const around = { function: operator, grouping, by: !without };
  const parameter = await parameterOf(aggregation, grid, evaluator);
  const series = await evaluator.vector(expression, grid, around);
  await evaluation.breathe();
  if (operator === "count_values") return countValues(series, { aggregation, grid, evaluation });
  if (operator === "quantile") noteQuantiles(aggregation, parameter, evaluator);
  const groups = groupsOf(series, aggregation);
  const aggregating: Aggregating = { aggregation, evaluation, steps: grid.count, parameter };
  if (choosing.has(operator)) return { kind: "vector", series: await aggregateSome(groups, aggregating) };
  const answers: VectorSeries[] = [];
  for (const group of groups) {
    const [first] = group;
    evaluation.budget.take(grid.count);
    const writer = await aggregateGroup(group, aggregating);
    if (first === undefined || writer.size() === 0) {
      evaluation.budget.give(grid.count);
      continue;
    }
    answers.push(
      writer.series(
        groupLabels(first.labels, aggregation),
        group.some(({ dropName }) => dropName),
      ),
    );
  }
  return { kind: "vector", series: answers };
}

async function parameterOf(aggregation: Aggregation, grid: Grid, evaluator: Evaluator): Promise<Float64Array | null> {
  const { parameter, operator } = aggregation;
  return parameter === null || operator === "count_values" ? null : await evaluator.scalar(parameter, grid);
}

function noteQuantiles(aggregation: Aggregation, parameter: Float64Array | null, { evaluation }: Evaluator): void {
  const { span } = aggregation.parameter ?? aggregation;
  const values = parameter ?? new Float64Array(0);
  const note = (quantile: number) => evaluation.notes.warn(texts.invalidQuantile(quantile), span);
  if (values.some(Number.isNaN)) note(Number.NaN);
  const greatest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (greatest > 1) note(greatest);
  if (least < 0) note(least);
}

type Grouping = Pick<Aggregation, "without" | "grouping">;

function groupsOf(series: readonly VectorSeries[], { without, grouping }: Grouping): readonly Group[] {
  if (!without && grouping.length === 0) return series.length === 0 ? [] : [series];
  const names = new Set(grouping);
  const isKept = without
    ? (name: string) => name !== metricNameLabel && !names.has(name)
    : (name: string) => names.has(name);
  const groups = new Map<string, VectorSeries[]>();
  for (const one of series) {
    const key = keyOfSome(one.labels, isKept);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function groupLabels(labels: Labels, { without, grouping }: Grouping): Labels {
  if (without) return dropLabels(labels, new Set([...grouping, metricNameLabel]));
  return keepLabels(labels, new Set(grouping));
}

/** Counts, for each different value, the series of a group that have it. */
async function countValues(
  series: readonly VectorSeries[],
  {
    aggregation,
    grid,
    evaluation,
  }: { readonly aggregation: Aggregation; readonly grid: Grid; readonly evaluation: Evaluation },
): Promise<StepValues> {
  const parameter = aggregation.parameter === null ? null : unwrap(aggregation.parameter);
  const label = parameter?.kind === "string" ? parameter.value : "";
  if (!isLabelName(label)) throw executionProblem(`invalid label name ${quote(label)}`);
  const grouping = aggregation.without ? aggregation.grouping : [...aggregation.grouping, label];
  const counted = new Map<string, { labels: Labels; counts: Float64Array }>();
  for (const one of series) {
    const pause = evaluation.worked(grid.count);
    if (pause !== null) await pause;
    // Most values come again and again.
    const byText = new Map<string, Float64Array>();
    for (let step = 0; step < grid.count; step++) {
      const text = textAt(one, step);
      if (text === null) continue;
      let counts = byText.get(text);
      if (counts === undefined) {
        const labels = groupLabels(withLabel(one.labels, label, text), { without: aggregation.without, grouping });
        const key = keyOf(labels);
        counts = counted.get(key)?.counts;
        if (counts === undefined) {
          evaluation.budget.take(grid.count);
          counts = new Float64Array(grid.count);
          counted.set(key, { labels, counts });
        }
        byText.set(text, counts);
      }
      counts[step] = (counts[step] ?? 0) + 1;
    }
  }
  return {
    kind: "vector",
    series: [...counted.values()].map(({ labels, counts }) => ({
      labels,
      dropName: false,
      kinds: presentIn(counts),
      values: counts,
      histograms: null,
    })),
  };
}

function presentIn(counts: Float64Array): Uint8Array {
  const kinds = new Uint8Array(counts.length);
  for (let step = 0; step < kinds.length; step++) if ((counts[step] ?? 0) > 0) kinds[step] = FLOAT;
  return kinds;
}

function textAt({ kinds, values, histograms }: VectorSeries, step: number): string | null {
  if (kinds[step] === FLOAT) return formatNumber(values[step] ?? 0);
  const histogram = kinds[step] === HISTOGRAM ? histograms?.[step] : undefined;
  return histogram === undefined ? null : formatHistogram(histogram);
}
