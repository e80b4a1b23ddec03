import { AppError } from "@sightline/errors/app-error";
import type { Breathe } from "../../breath.ts";
import { type BinaryOperation, isComparison, isSetOperator, type VectorMatching } from "../ast.ts";
import type { Labels } from "../stages/line.ts";
import { calculate, compare } from "./operators.ts";
import { createSeries, groupLabels, labelsKey, printLabels, type Series, sortedLabels } from "./series.ts";
import { createCollector, seriesValue, type Value } from "./value.ts";

const defaultMatching: VectorMatching = { on: false, labels: [], cardinality: "one-to-one", include: [] };

/** Over how many points series are put together, and how others get their turn. */
export interface Steps {
  readonly steps: number;
  readonly breathe: Breathe;
}

/** How many points are looked at between two breaths. */
const stepsPerBreath = 256;

/** Puts the two sides of an operator together. */
export async function evaluateBinary(
  expression: BinaryOperation,
  [left, right]: readonly [Value, Value],
  over: Steps,
): Promise<Value> {
  if (left.type === "scalar" && right.type === "scalar") {
    return { type: "scalar", value: resultOf(expression, { left: left.value, right: right.value }) ?? 0 };
  }
  if (left.type === "series" && right.type === "series") {
    const matching = expression.matching ?? defaultMatching;
    const { operator } = expression;
    const matches = pairUp(left.series, right.series, matching);
    const series = isSetOperator(operator)
      ? await combineSets(operator, matches, over)
      : await combinePairs(expression, matches, over);
    return seriesValue(series);
  }
  return withScalar(expression, [left, right], over);
}

/** The result of the operator for two numbers; of a comparison 1 or 0. Undefined for operators on sets. */
function resultOf({ operator }: BinaryOperation, { left, right }: { left: number; right: number }): number | undefined {
  if (isSetOperator(operator)) return undefined;
  if (isComparison(operator)) return compare(operator, left, right) ? 1 : 0;
  return calculate(operator, left, right);
}

/** The value of a pair: a comparison without `bool` keeps what `kept` is where it holds. */
function pairValue(
  expression: BinaryOperation,
  pair: { left: number; right: number },
  kept: number,
): number | undefined {
  const result = resultOf(expression, pair);
  if (!isComparison(expression.operator) || expression.returnBool) return result;
  return result === 1 ? kept : undefined;
}

/** Between series and a number the operator is applied to each value; comparisons keep the series'. */
async function withScalar(
  expression: BinaryOperation,
  [left, right]: readonly [Value, Value],
  { steps, breathe }: Steps,
): Promise<Value> {
  const side = left.type === "series" ? left : right;
  if (side.type === "scalar") return side;
  const scalar = left.type === "scalar" ? left.value : right.type === "scalar" ? right.value : 0;
  const results: Series[] = [];
  for (const series of side.series) {
    await breathe();
    const result = createSeries(series.labels, steps, series.key);
    for (let step = 0; step < steps; step++) {
      if (series.present[step] !== 1) continue;
      const own = series.values[step] ?? 0;
      const pair = left.type === "scalar" ? { left: scalar, right: own } : { left: own, right: scalar };
      const value = pairValue(expression, pair, own);
      if (value === undefined) continue;
      result.values[step] = value;
      result.present[step] = 1;
    }
    if (result.present.includes(1)) results.push(result);
  }
  return seriesValue(results, side.isOrdered);
}

/** The series of both sides that have the same matching labels. */
interface Match {
  readonly left: Series[];
  readonly right: Series[];
}

function pairUp(left: readonly Series[], right: readonly Series[], { on, labels }: VectorMatching): Map<string, Match> {
  const names = new Set(labels);
  const matches = new Map<string, Match>();
  const matchOf = (series: Series): Match => {
    const key = labelsKey(groupLabels(series.labels, names, !on));
    const known = matches.get(key) ?? { left: [], right: [] };
    matches.set(key, known);
    return known;
  };
  for (const series of left) matchOf(series).left.push(series);
  for (const series of right) matchOf(series).right.push(series);
  return matches;
}

/** For each point 1 where any of the series has one. */
function presence(series: readonly Series[], steps: number): Uint8Array {
  const anywhere = new Uint8Array(steps);
  for (const { present } of series) {
    for (let step = 0; step < steps; step++) if (present[step] === 1) anywhere[step] = 1;
  }
  return anywhere;
}

async function combineSets(
  operator: "and" | "or" | "unless",
  matches: Map<string, Match>,
  { steps, breathe }: Steps,
): Promise<Series[]> {
  const collector = createCollector(steps, "duplicate series");
  const keep = async (series: readonly Series[], test: (step: number) => boolean) => {
    for (const { labels, key, values, present } of series) {
      await breathe();
      for (let step = 0; step < steps; step++) {
        if (present[step] === 1 && test(step)) collector.set(labels, key, { step, value: values[step] ?? 0 });
      }
    }
  };
  for (const { left, right } of matches.values()) {
    if (operator === "or") {
      const there = presence(left, steps);
      await keep(left, () => true);
      await keep(right, (step) => there[step] === 0);
    } else {
      const there = presence(right, steps);
      const wanted = operator === "and" ? 1 : 0;
      await keep(left, (step) => there[step] === wanted);
    }
  }
  return collector.series();
}

async function combinePairs(
  expression: BinaryOperation,
  matches: Map<string, Match>,
  { steps, breathe }: Steps,
): Promise<Series[]> {
  const matching = expression.matching ?? defaultMatching;
  const collector = createCollector(steps, "multiple matches for labels: grouping labels must ensure unique matches");
  const results = new Map<Series, Map<Series, { labels: Labels; key: string }>>();
  const resultLabels = (many: Series, one: Series) => {
    const ofMany = results.get(many) ?? new Map<Series, { labels: Labels; key: string }>();
    results.set(many, ofMany);
    const known = ofMany.get(one);
    if (known !== undefined) return known;
    const labels = pairLabels(matching, many.labels, one.labels);
    const made = { labels, key: labelsKey(labels) };
    ofMany.set(one, made);
    return made;
  };
  for (const match of matches.values()) {
    for (let step = 0; step < steps; step++) {
      if (step % stepsPerBreath === 0) await breathe();
      for (const { many, one, left, right } of pairsAt(match, matching, step)) {
        const value = pairValue(expression, { left, right }, left);
        if (value === undefined) continue;
        const { labels, key } = resultLabels(many, one);
        collector.set(labels, key, { step, value });
      }
    }
  }
  return collector.series();
}

interface Pair {
  readonly many: Series;
  readonly one: Series;
  readonly left: number;
  readonly right: number;
}

function pairsAt(match: Match, { cardinality }: VectorMatching, step: number): Pair[] {
  const left = match.left.filter(({ present }) => present[step] === 1);
  const right = match.right.filter(({ present }) => present[step] === 1);
  const isSwapped = cardinality === "one-to-many";
  const [manySide, oneSide] = isSwapped ? [right, left] : [left, right];
  if (oneSide.length > 1) throw ambiguous(isSwapped ? "left" : "right", oneSide);
  const [one] = oneSide;
  if (one === undefined) return [];
  if (cardinality === "one-to-one" && manySide.length > 1) {
    throw new AppError(
      "failed_precondition",
      "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
    );
  }
  const oneValue = one.values[step] ?? 0;
  return manySide.map((many) => {
    const value = many.values[step] ?? 0;
    return isSwapped ? { many, one, left: oneValue, right: value } : { many, one, left: value, right: oneValue };
  });
}

function ambiguous(side: "left" | "right", series: readonly Series[]): AppError {
  const found = series.map(({ labels }) => printLabels(labels)).join(", ");
  return new AppError(
    "failed_precondition",
    `found duplicate series on the ${side} hand-side: [${found}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

function pairLabels({ on, labels, cardinality, include }: VectorMatching, many: Labels, one: Labels): Labels {
  if (cardinality === "one-to-one") return groupLabels(many, new Set(labels), !on);
  const result = new Map(many);
  for (const name of include) {
    const value = one.get(name);
    if (value === undefined || value === "") result.delete(name);
    else result.set(name, value);
  }
  return sortedLabels(result);
}
