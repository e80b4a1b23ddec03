import { type Call, type Expression, unwrap } from "../ast.ts";
import { FUNCTIONS } from "../functions/table.ts";
import type { Grid } from "../grid.ts";
import { scale } from "../histogram/arithmetic.ts";
import { mergeSameLabels, nameless } from "../same-labels.ts";
import { ABSENT, HISTOGRAM, type StepValues, sizeBeside, sizeOf, type VectorSeries } from "../value.ts";
import { evaluateAggregation } from "./aggregation.ts";
import { evaluateBinary } from "./binary.ts";
import { type Evaluation, executionProblem } from "./evaluation.ts";
import { type Evaluator, nothingAround, type Surroundings } from "./evaluator.ts";
import { evaluateInfo } from "./info.ts";
import { evaluateSelector } from "./instant-selector.ts";
import { isInvariant } from "./invariance.ts";
import { evaluateAbsentOverTime, evaluateRangeCall } from "./range-call.ts";
import { evaluateStartTimestamp, evaluateTimestamp } from "./timestamp.ts";

/** Evaluates checked expressions: each node once, over all steps. What is the same at all of them is evaluated at one. */
export function createEvaluator(evaluation: Evaluation): Evaluator {
  const evaluator: Evaluator = {
    evaluation,
    async evaluate(expression, grid, around) {
      await evaluation.breathe();
      if (expression.kind === "parentheses") return evaluator.evaluate(expression.expression, grid, around);
      const budget = evaluation.budget.part();
      const releases: (() => void)[] = [];
      const whenReleased = (call: () => void) => {
        releases.push(call);
      };
      const value = await evaluateAll(expression, {
        grid,
        around,
        evaluator: createEvaluator({ ...evaluation, budget, whenReleased }),
      });
      budget.keep(sizeOf(value));
      for (const release of releases) release();
      // What stands around it may be many: none of them begins without a look at whether anybody waits.
      await evaluation.breathe();
      return value;
    },
    async vector(expression, grid, around) {
      const value = await evaluator.evaluate(expression, grid, around);
      if (value.kind !== "vector") throw executionProblem(`cannot evaluate: got ${value.kind}, want a vector`);
      return value.series;
    },
    async scalar(expression, grid) {
      const value = await evaluator.evaluate(expression, grid, nothingAround);
      if (value.kind !== "scalar") throw executionProblem(`cannot evaluate: got ${value.kind}, want a scalar`);
      return value.values;
    },
  };
  return evaluator;
}

interface At {
  readonly grid: Grid;
  readonly around: Surroundings;
  readonly evaluator: Evaluator;
}

async function evaluateAll(expression: Expression, at: At): Promise<StepValues> {
  const { grid, evaluator } = at;
  if (grid.count <= 1 || expression.kind === "number" || !isInvariant(expression)) return evaluateNode(expression, at);
  const once = await evaluateNode(expression, { ...at, grid: { ...grid, count: 1 } });
  evaluator.evaluation.budget.take(sizeOf(once) * grid.count);
  return repeat(once, grid.count);
}

async function evaluateNode(expression: Expression, at: At): Promise<StepValues> {
  const { grid, around, evaluator } = at;
  switch (expression.kind) {
    case "number":
      return { kind: "scalar", values: new Float64Array(grid.count).fill(expression.value) };
    case "string":
      return { kind: "string", text: expression.value };
    case "parentheses":
      return evaluator.evaluate(expression.expression, grid, around);
    case "unary": {
      const value = await evaluator.evaluate(expression.operand, grid, nothingAround);
      if (expression.operator === "+") return value;
      evaluator.evaluation.budget.take(sizeOf(value));
      return negate(value, evaluator.evaluation);
    }
    case "vector-selector": {
      const { evaluation } = evaluator;
      return { kind: "vector", series: await evaluateSelector(expression, grid, { evaluation, around }) };
    }
    case "binary":
      return evaluateBinary(expression, grid, evaluator);
    case "aggregation":
      return evaluateAggregation(expression, grid, evaluator);
    case "call":
      return evaluateCall(expression, at);
    case "matrix-selector":
    case "subquery":
      throw executionProblem("cannot evaluate a range vector here: want a function of it");
  }
}

async function evaluateCall(call: Call, { grid, evaluator }: At): Promise<StepValues> {
  const definition = FUNCTIONS.get(call.name);
  if (definition === undefined) throw executionProblem(`unknown function with name "${call.name}"`);
  if (definition.kind === "range") return evaluateRangeCall(call, definition, { evaluator, grid });
  if (definition.kind === "special") return evaluateSpecial(call, { evaluator, grid });
  const around = { ...nothingAround, function: call.name };
  const values: StepValues[] = [];
  for (const argument of call.arguments) values.push(await evaluator.evaluate(unwrap(argument), grid, around));
  const answer = await definition.evaluate({ call, evaluation: evaluator.evaluation, grid, arguments: values });
  evaluator.evaluation.budget.take(sizeBeside(answer, values));
  return answer.kind === "vector" ? { kind: "vector", series: answer.series.filter(hasAny) } : answer;
}

function evaluateSpecial(call: Call, at: { evaluator: Evaluator; grid: Grid }): Promise<StepValues> {
  if (call.name === "timestamp") return evaluateTimestamp(call, at);
  if (call.name === "start_timestamp") return evaluateStartTimestamp(call, at);
  return call.name === "info" ? evaluateInfo(call, at) : evaluateAbsentOverTime(call, at);
}

function hasAny({ kinds }: VectorSeries): boolean {
  return kinds.some((kind) => kind !== ABSENT);
}

function negate(value: StepValues, evaluation: Evaluation): StepValues {
  if (value.kind === "string") return value;
  if (value.kind === "scalar") return { kind: "scalar", values: value.values.map((number) => -number) };
  const series = value.series.map((one) => ({
    ...one,
    ...nameless(one.labels, evaluation),
    values: one.values.map((number) => -number),
    histograms: one.histograms?.map((histogram) => histogram && scale(histogram, -1)) ?? null,
  }));
  return { kind: "vector", series: evaluation.delayedNameRemoval ? series : mergeSameLabels(series) };
}

/** What was evaluated at one step, at all steps. */
function repeat(value: StepValues, count: number): StepValues {
  switch (value.kind) {
    case "string":
      return value;
    case "scalar":
      return { kind: "scalar", values: new Float64Array(count).fill(value.values[0] ?? 0) };
    case "vector":
      return { kind: "vector", series: value.series.map((series) => repeatSeries(series, count)) };
  }
}

function repeatSeries(series: VectorSeries, count: number): VectorSeries {
  const kind = series.kinds[0] ?? ABSENT;
  const histogram = series.histograms?.[0];
  return {
    labels: series.labels,
    dropName: series.dropName,
    kinds: new Uint8Array(count).fill(kind),
    values: new Float64Array(count).fill(series.values[0] ?? 0),
    histograms: kind === HISTOGRAM ? new Array(count).fill(histogram) : null,
  };
}
