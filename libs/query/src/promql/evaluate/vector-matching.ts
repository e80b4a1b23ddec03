import type { BinaryOperation, VectorMatching } from "../ast.ts";
import { metricNameLabel } from "../label-names.ts";
import {
  dropLabels,
  formatLabels,
  keepLabels,
  keyOf,
  keyOfSome,
  type Labels,
  labelValue,
  metadataLabels,
  withLabel,
} from "../labels.ts";
import { mergeSameLabels } from "../same-labels.ts";
import { ABSENT, createSeriesWriter, presence, type SeriesWriter, type VectorSeries } from "../value.ts";
import { type Evaluation, executionProblem } from "./evaluation.ts";
import { changesMetric, type Operand } from "./operators.ts";
import { createOperation, operandAt } from "./sample-operation.ts";

/** The series of both sides that belong together: `one` is the side of which only one may have a sample at a step. */
export interface MatchGroup {
  readonly many: VectorSeries[];
  readonly one: VectorSeries[];
}

/** The labels by which series are matched, as a text. */
export function signatureOf({ on, labels }: VectorMatching): (labels: Labels) => string {
  const names = new Set(labels);
  const isMatched = on
    ? (name: string) => names.has(name)
    : (name: string) => !names.has(name) && name !== metricNameLabel;
  return (of) => keyOfSome(of, isMatched);
}

/** Puts the series of two vectors together, in the order in which their labels come up. */
export function matchSeries(
  many: readonly VectorSeries[],
  one: readonly VectorSeries[],
  matching: VectorMatching,
): readonly MatchGroup[] {
  const signature = signatureOf(matching);
  const groups = new Map<string, MatchGroup>();
  const groupOf = (labels: Labels) => {
    const key = signature(labels);
    let group = groups.get(key);
    if (group === undefined) {
      group = { many: [], one: [] };
      groups.set(key, group);
    }
    return group;
  };
  for (const series of many) groupOf(series.labels).many.push(series);
  for (const series of one) groupOf(series.labels).one.push(series);
  return [...groups.values()];
}

/** Evaluates an operator between two vectors, but for set operators. */
export async function operateVectors(
  operation: BinaryOperation,
  sides: { readonly left: readonly VectorSeries[]; readonly right: readonly VectorSeries[]; readonly steps: number },
  evaluation: Evaluation,
): Promise<readonly VectorSeries[]> {
  const { matching } = operation;
  const isSwapped = matching.cardinality === "one-to-many";
  const many = isSwapped ? sides.right : sides.left;
  const one = isSwapped ? sides.left : sides.right;
  const fills = { many: matching.fillLeft, one: matching.fillRight };
  const isFilled = fills.many !== null || fills.one !== null;
  const isAsked = bothPresent(many, one, { steps: sides.steps, isFilled });
  const context = { operation, evaluation, isSwapped, isAsked, fills, steps: sides.steps };
  const answers: VectorSeries[] = [];
  for (const group of matchSeries(many, one, matching)) {
    const pause = evaluation.worked(group.many.length * sides.steps);
    if (pause !== null) await pause;
    for (const answer of operateGroup(group, context)) answers.push(answer);
  }
  return mergeSameLabels(answers);
}

interface MatchContext {
  readonly operation: BinaryOperation;
  readonly evaluation: Evaluation;
  readonly isSwapped: boolean;
  /** The steps at which both vectors have anything at all. */
  readonly isAsked: Uint8Array;
  readonly fills: { readonly many: number | null; readonly one: number | null };
  readonly steps: number;
}

function bothPresent(
  many: readonly VectorSeries[],
  one: readonly VectorSeries[],
  { steps, isFilled }: { readonly steps: number; readonly isFilled: boolean },
): Uint8Array {
  if (isFilled) return new Uint8Array(steps).fill(1);
  const [left, right] = [presence(many, steps), presence(one, steps)];
  return left.map((present, step) => present & (right[step] ?? 0));
}

function operateGroup(group: MatchGroup, context: MatchContext): readonly VectorSeries[] {
  const { fills, steps } = context;
  if ((group.one.length === 0 && fills.one === null) || (group.many.length === 0 && fills.many === null)) {
    if (group.one.length > 1) onlyOne(group.one, context);
    return [];
  }
  const oneAt = onlyOne(group.one, context);
  const pairs = createPairs(context);
  const matched = new Uint8Array(steps);
  for (const many of group.many) {
    const answerWith = createAnswerOf(pairs, many);
    for (let step = 0; step < steps; step++) {
      const sample = operandAt(many, step);
      if (sample === null || context.isAsked[step] === 0) continue;
      const one = group.one[oneAt[step] ?? -1];
      const other = one === undefined ? fills.one : operandAt(one, step);
      if (other === null) continue;
      matched[step] = 1;
      pairs.operate(step, answerWith(one), sample, other);
    }
  }
  if (fills.many !== null) fillMany(group, { oneAt, matched, pairs, fill: fills.many });
  return pairs.series();
}

function fillMany(
  group: MatchGroup,
  filling: { oneAt: Int32Array; matched: Uint8Array; pairs: Pairs; fill: number },
): void {
  const { oneAt, matched, pairs, fill } = filling;
  const answerWith = createAnswerOf(pairs, undefined);
  for (let step = 0; step < oneAt.length; step++) {
    const one = group.one[oneAt[step] ?? -1];
    const sample = one === undefined ? null : operandAt(one, step);
    if (sample === null || matched[step] === 1) continue;
    pairs.operate(step, answerWith(one), fill, sample);
  }
}

/** For each step the index of the series that has a sample, -1 for none. Throws when there are two. */
function onlyOne(series: readonly VectorSeries[], context: MatchContext): Int32Array {
  const { operation, isSwapped, isAsked, steps } = context;
  const at = new Int32Array(steps).fill(-1);
  series.forEach(({ kinds, labels }, i) => {
    for (let step = 0; step < steps; step++) {
      if (kinds[step] === ABSENT || isAsked[step] === 0) continue;
      const other = series[at[step] ?? -1];
      if (other !== undefined) throw duplicates(operation.matching, [other.labels, labels], isSwapped);
      at[step] = i;
    }
  });
  return at;
}

function duplicates(matching: VectorMatching, [first, second]: readonly [Labels, Labels], isSwapped: boolean): Error {
  const group = formatLabels(matchedLabels(second, matching));
  const both = [formatLabels(first), formatLabels(second)].sort().join(", ");
  const where = `the match group ${group} on the ${isSwapped ? "left" : "right"} hand-side of the operation`;
  return executionProblem(
    `found duplicate series for ${where}: [${both}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

/** The labels by which a series was matched. */
function matchedLabels(labels: Labels, { on, labels: names }: VectorMatching): Labels {
  return on ? keepLabels(labels, new Set(names)) : dropLabels(labels, new Set([...names, metricNameLabel]));
}

interface Pairs {
  /** Where the answers of two series go, or of one and what stands for the other. */
  answerOf(many: VectorSeries | undefined, one: VectorSeries | undefined): Answer;
  /** Operates on two samples; the first is that of the side of many. */
  operate(step: number, answer: Answer, many: Operand, one: Operand): void;
  series(): readonly VectorSeries[];
}

/** Remembers where the last answer went: mostly it is the same two series at all steps. */
function createAnswerOf(pairs: Pairs, many: VectorSeries | undefined): (one: VectorSeries | undefined) => Answer {
  let last: { readonly one: VectorSeries | undefined; readonly answer: Answer } | null = null;
  return (one) => {
    if (last === null || last.one !== one) last = { one, answer: pairs.answerOf(many, one) };
    return last.answer;
  };
}

interface Answer {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly writer: SeriesWriter;
  readonly operated: Uint8Array;
}

/** Gathers the answers of a group by their labels. No two samples of a step may come to the same ones. */
function createPairs({ operation, evaluation, isSwapped, steps }: MatchContext): Pairs {
  const { matching, returnBool } = operation;
  const operate = createOperation(operation, evaluation);
  const answers = new Map<string, Answer>();
  const taken = new Uint8Array(steps);
  const isOneToOne = matching.cardinality === "one-to-one";
  const answerOf = (many: VectorSeries | undefined, one: VectorSeries | undefined): Answer => {
    const labels = resultLabels(many, one, operation);
    const shown = returnBool && !evaluation.delayedNameRemoval ? dropLabels(labels, metadataLabels) : labels;
    const key = keyOf(shown);
    const dropName = returnBool || (many?.dropName ?? false);
    const known = answers.get(key);
    if (known !== undefined) return known;
    evaluation.budget.take(steps);
    const answer = { labels: shown, dropName, writer: createSeriesWriter(steps), operated: new Uint8Array(steps) };
    answers.set(key, answer);
    return answer;
  };
  return {
    answerOf,
    operate(step, answer, many, one) {
      if (isOneToOne && taken[step] === 1) {
        throw executionProblem(
          "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
        );
      }
      if (answer.operated[step] === 1) {
        throw executionProblem("multiple matches for labels: grouping labels must ensure unique matches");
      }
      taken[step] = 1;
      answer.operated[step] = 1;
      if (isSwapped) operate(answer.writer, step, one, many);
      else operate(answer.writer, step, many, one);
    },
    series: () =>
      [...answers.values()]
        .filter(({ writer }) => writer.size() > 0)
        .map(({ labels, dropName, writer }) => writer.series(labels, dropName)),
  };
}

function resultLabels(
  many: VectorSeries | undefined,
  one: VectorSeries | undefined,
  { operator, matching }: BinaryOperation,
): Labels {
  const oneLabels = one?.labels ?? matchedLabels(many?.labels ?? [], matching);
  let labels = many?.labels ?? matchedLabels(oneLabels, matching);
  if (changesMetric(operator)) labels = dropLabels(labels, metadataLabels);
  if (matching.cardinality === "one-to-one") {
    const names = new Set(matching.labels);
    labels = matching.on ? keepLabels(labels, names) : dropLabels(labels, names);
  }
  for (const name of matching.include) labels = withLabel(labels, name, labelValue(oneLabels, name));
  return labels;
}
