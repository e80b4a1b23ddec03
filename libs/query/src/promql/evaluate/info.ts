import { quotePattern } from "@sightline/regex/pattern";
import { type Call, type Expression, type LabelMatcher, partsOf, unwrap, type VectorSelector } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { metricNameLabel } from "../label-names.ts";
import { formatLabels, type Labels, labelsOf, labelValue, metricName } from "../labels.ts";
import { createMatch, matchesEmpty } from "../matcher.ts";
import { mergeSameLabels } from "../same-labels.ts";
import type { SampledSeries } from "../samples.ts";
import { ABSENT, createSeriesWriter, type SeriesWriter, type StepValues, type VectorSeries } from "../value.ts";
import { type Budget, executionProblem, notesAt } from "./evaluation.ts";
import { type Evaluator, nothingAround } from "./evaluator.ts";
import { sampleEach } from "./instant-selector.ts";
import { momentsOf } from "./selector-times.ts";

/** The labels by which a series and what is known of it belong together. */
const identifying = ["instance", "job"];

const defaultName: LabelMatcher = { name: metricNameLabel, operator: "=", value: "target_info" };
/** What is an info metric where it is only said which are not wanted. */
const anyInfo: LabelMatcher = { name: metricNameLabel, operator: "=~", value: ".+_info" };

interface Wanted {
  /** Which metrics tell something. */
  readonly names: readonly LabelMatcher[];
  /** Which of their labels are wanted; all where there are none. */
  readonly data: readonly LabelMatcher[];
}

/** Evaluates info(): the series with the labels of the info metrics (target_info) of the same instance and job. */
export async function evaluateInfo(
  { arguments: parts }: Call,
  { evaluator, grid }: { readonly evaluator: Evaluator; readonly grid: Grid },
): Promise<StepValues> {
  const [argument, selector] = parts;
  if (argument === undefined) return { kind: "vector", series: [] };
  const base = await evaluator.vector(argument, grid, { ...nothingAround, function: "info" });
  const wanted = wantedOf(selector === undefined ? null : unwrap(selector));
  const isInfo = createInfoTest(wanted);
  const enriched = base.filter(({ labels }) => !isInfo(labels));
  const info = await selectInfo(enriched, { wanted, argument, grid, evaluator });
  const byIdentity = Map.groupBy(info, ({ labels }) => identityOf(labels));
  const answers: VectorSeries[] = [];
  for (const series of base) {
    const pause = evaluator.evaluation.worked(grid.count);
    if (pause !== null) await pause;
    const own = byIdentity.get(identityOf(series.labels)) ?? [];
    if (isInfo(series.labels)) answers.push(series);
    else
      for (const one of enrich(series, own, { wanted, grid, budget: evaluator.evaluation.budget })) answers.push(one);
  }
  return { kind: "vector", series: mergeSameLabels(answers) };
}

function wantedOf(selector: { kind: string; matchers?: readonly LabelMatcher[] } | null): Wanted {
  const matchers = selector?.matchers ?? [];
  const names = matchers.filter(({ name }) => name === metricNameLabel);
  const isNamed = names.some(({ operator }) => operator === "=" || operator === "=~");
  return {
    names: names.length === 0 ? [defaultName] : isNamed ? names : [...names, anyInfo],
    data: matchers.filter(({ name }) => name !== metricNameLabel),
  };
}

/** Info metrics themselves are not told more about. */
function createInfoTest({ names }: Wanted): (labels: Labels) => boolean {
  const matches = names.map(createMatch);
  return (labels) => matches.every((match) => match(metricName(labels)));
}

interface Selecting {
  readonly wanted: Wanted;
  readonly argument: Parameters<typeof firstSelector>[0];
  readonly grid: Grid;
  readonly evaluator: Evaluator;
}

/** Info series, whose value at a step is the time of the sample that it comes from. */
async function selectInfo(
  base: readonly VectorSeries[],
  { wanted, argument, grid, evaluator }: Selecting,
): Promise<readonly VectorSeries[]> {
  const { evaluation } = evaluator;
  const moments = momentsOf(firstSelector(argument) ?? { at: null, offset: null }, grid, evaluation);
  const series: SampledSeries[] = [];
  for (const identities of identitiesOf(base)) {
    const selection = {
      matchers: [...wanted.names, ...identities, ...wanted.data],
      startMs: moments.first - evaluation.lookbackMs + 1,
      endMs: moments.last,
      hints: {
        ...nothingAround,
        function: "info",
        stepMs: grid.count > 1 ? grid.stepMs : 0,
        rangeMs: 0,
        windowMs: evaluation.lookbackMs,
      },
      notes: notesAt(argument.span, evaluation),
      whenReleased: evaluation.whenReleased,
    };
    for (const one of await evaluation.source.select(selection, evaluation.signal)) series.push(one);
  }
  const stepMoments = momentsOf({ at: null, offset: null }, grid, evaluation);
  return sampleEach(series, { grid, moments: stepMoments, evaluation }, (writer, step, { series: one, at }) => {
    if ((one.histograms?.[at] ?? null) !== null) {
      throw executionProblem(`this should be an info metric, with float samples: ${formatLabels(one.labels)}`);
    }
    writer.setFloat(step, one.times[at] ?? 0);
  });
}

/** What the identifying labels have to be: apart for series that have both of them, and those that have only the one or the other. */
function identitiesOf(base: readonly VectorSeries[]): readonly (readonly LabelMatcher[])[] {
  const byPresence = new Map<string, VectorSeries[]>();
  for (const series of base) {
    const present = identifying.filter((name) => labelValue(series.labels, name) !== "").join();
    const alike = byPresence.get(present);
    if (alike === undefined) byPresence.set(present, [series]);
    else alike.push(series);
  }
  byPresence.delete("");
  return [...byPresence.values()].map((alike) =>
    identifying.map((name) => {
      const values = new Set(alike.map(({ labels }) => labelValue(labels, name)));
      if (values.has("")) return { name, operator: "=" as const, value: "" };
      return { name, operator: "=~" as const, value: [...values].map(quotePattern).join("|") };
    }),
  );
}

function firstSelector(expression: Expression): Pick<VectorSelector, "at" | "offset"> | null {
  if (expression.kind === "vector-selector") return expression;
  for (const part of partsOf(expression)) {
    const found = firstSelector(part);
    if (found !== null) return found;
  }
  return null;
}

function identityOf(labels: Labels): string {
  return JSON.stringify(identifying.map((name) => labelValue(labels, name)));
}

/** A series with the labels that its info metrics have, which may change from step to step. */
function enrich(
  series: VectorSeries,
  own: readonly VectorSeries[],
  { wanted, grid, budget }: { readonly wanted: Wanted; readonly grid: Grid; readonly budget: Budget },
): readonly VectorSeries[] {
  const isOptional = wanted.data.every(matchesEmpty);
  const answers = new Map<string, { labels: Labels; writer: SeriesWriter }>();
  for (let step = 0; step < grid.count; step++) {
    if (series.kinds[step] === ABSENT) continue;
    const newest = newestByName(own, step);
    if (newest.length === 0 && !isOptional) continue;
    const labels = withData(series.labels, newest, wanted);
    const key = formatLabels(labels);
    let answer = answers.get(key);
    if (answer === undefined) {
      budget.take(grid.count);
      answer = { labels, writer: createSeriesWriter(grid.count) };
      answers.set(key, answer);
    }
    const histogram = series.histograms?.[step];
    if (series.kinds[step] === 1 || histogram === undefined) answer.writer.setFloat(step, series.values[step] ?? 0);
    else answer.writer.setHistogram(step, histogram);
  }
  return [...answers.values()].map(({ labels, writer }) => writer.series(labels, series.dropName));
}

/** Of each info metric the series with the newest sample. Two that are equally new contradict each other. */
function newestByName(info: readonly VectorSeries[], step: number): readonly VectorSeries[] {
  const newest = new Map<string, VectorSeries>();
  for (const series of info) {
    if (series.kinds[step] === ABSENT) continue;
    const name = metricName(series.labels);
    const other = newest.get(name);
    const ms = series.values[step] ?? 0;
    const otherMs = other?.values[step] ?? Number.NEGATIVE_INFINITY;
    if (other !== undefined && otherMs === ms) {
      const existing = `existing ${formatLabels(other.labels)} @ ${otherMs}`;
      throw executionProblem(
        `found duplicate series for info metric: ${existing}, new ${formatLabels(series.labels)} @ ${ms}`,
      );
    }
    if (ms > otherMs) newest.set(name, series);
  }
  return [...newest.values()];
}

function withData(base: Labels, info: readonly VectorSeries[], { data }: Wanted): Labels {
  const wanted = new Set(data.map(({ name }) => name));
  const added = new Map<string, string>();
  for (const { name, value } of info.flatMap(({ labels }) => labels)) {
    if (name === metricNameLabel || (wanted.size > 0 && !wanted.has(name))) continue;
    const other = added.get(name);
    if (other !== undefined && other !== value) throw executionProblem(`conflicting label: ${name}`);
    if (labelValue(base, name) === "") added.set(name, value);
  }
  return labelsOf([...base.map(({ name, value }) => [name, value] as const), ...added]);
}
