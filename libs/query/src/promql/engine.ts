import { AppError, invalid } from "@sightline/errors/app-error";
import { createNotes } from "./annotations.ts";
import { type Expression, unwrap } from "./ast.ts";
import { check, typeOf } from "./check.ts";
import { createEvaluator } from "./evaluate/evaluate.ts";
import { createBudget, type Evaluation } from "./evaluate/evaluation.ts";
import { nothingAround } from "./evaluate/evaluator.ts";
import { evaluateRangeVector, isRangeVector } from "./evaluate/range-vector.ts";
import { countingSelectors } from "./evaluate/reset-hints.ts";
import type { FunctionSignature } from "./functions/definition.ts";
import { FUNCTIONS } from "./functions/table.ts";
import { type Grid, gridOf } from "./grid.ts";
import { parse } from "./parser.ts";
import type { QueryResult, ResultValue } from "./result.ts";
import { matrixOf, rangeMatrixOf, vectorOf, withoutNames } from "./result-value.ts";
import { mergeSameLabels } from "./same-labels.ts";
import type { SampleSource } from "./source.ts";

export interface EngineOptions {
  /** How long a sample counts that nothing follows. Default: 5 minutes. */
  readonly lookbackMs?: number;
  /** The step of subqueries that name none. Default: 1 minute. */
  readonly defaultSubqueryStepMs?: number;
  /** How many samples a query may hold at a time. Default: 50 million, as Prometheus has it. */
  readonly maxSamples?: number;
  /** How many steps a range query may have. Default: 11 000, as Prometheus has it. */
  readonly maxSteps?: number;
  /** Whether the names of metrics are dropped when all is evaluated (an option of Prometheus 3). Default: false. */
  readonly delayedNameRemoval?: boolean;
  /** Whether the labels `__type__` and `__unit__` tell a counter. Default: false. */
  readonly typeAndUnitLabels?: boolean;
  /** Whether rates take the times into account at which counters began. Default: false. */
  readonly useStartTimes?: boolean;
}

/** A query that was read and checked, and may be evaluated any number of times. */
export interface Query {
  readonly source: string;
  readonly expression: Expression;
}

export interface RunOptions {
  readonly source: SampleSource;
  readonly signal: AbortSignal;
  /** How long a sample counts that nothing follows, where the query asks for another time than usual. */
  readonly lookbackMs?: number;
}

export interface Engine {
  /** Evaluates a query at one time. */
  instant(query: Query, timeMs: number, options: RunOptions): Promise<QueryResult>;
  /** Evaluates a query at the times from start to end, a step apart. */
  range(query: Query, times: RangeTimes, options: RunOptions): Promise<QueryResult>;
}

export interface RangeTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Reads and checks a query. Throws invalid_argument with the position of what is wrong. */
export function readQuery(source: string): Query {
  const expression = parse(source);
  check(expression, source);
  return { source, expression };
}

/**
 * Evaluates PromQL over samples that a source selects. Throws: invalid_argument for times that cannot be, failed_precondition where the
 * data have no answer, resource_exhausted where it needs more samples than there may be, and whatever the source throws.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const settings = {
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    maxSamples: 50_000_000,
    maxSteps: 11_000,
    delayedNameRemoval: false,
    typeAndUnitLabels: false,
    useStartTimes: false,
    ...options,
  };
  const evaluationOf = (query: Query, times: RangeTimes, run: RunOptions): Evaluation => ({
    ...settings,
    counting: countingSelectors(query.expression),
    lookbackMs: run.lookbackMs ?? settings.lookbackMs,
    source: run.source,
    notes: createNotes(),
    startMs: times.startMs,
    endMs: times.endMs,
    times: { stepMs: times.stepMs, rangeMs: times.endMs - times.startMs },
    signal: run.signal,
    budget: createBudget(settings.maxSamples),
    // What the query itself selects is held to its end.
    whenReleased: () => undefined,
    ...createBreath(run.signal),
  });
  return {
    async instant(query, timeMs, run) {
      const evaluation = evaluationOf(query, { startMs: timeMs, endMs: timeMs, stepMs: 0 }, run);
      const value = await evaluateInstant(query, { startMs: timeMs, stepMs: 1, count: 1 }, evaluation);
      return { value, peakSamples: evaluation.budget.peak(), ...evaluation.notes.result(query.source) };
    },
    async range(query, times, run) {
      checkTimes(query, times, settings.maxSteps);
      const evaluation = evaluationOf(query, times, run);
      const grid = gridOf(times.startMs, times.endMs, times.stepMs);
      const value = await evaluateRange(query, grid, evaluation);
      return { value, peakSamples: evaluation.budget.peak(), ...evaluation.notes.result(query.source) };
    },
  };
}

function checkTimes({ expression }: Query, { startMs, endMs, stepMs }: RangeTimes, maxSteps: number): void {
  if (endMs < startMs) throw invalid('invalid parameter "end": end timestamp must not be before start time');
  if (!(stepMs > 0)) {
    const problem = "zero or negative query resolution step widths are not accepted. Try a positive integer";
    throw invalid(`invalid parameter "step": ${problem}`);
  }
  if ((endMs - startMs) / stepMs > maxSteps) {
    const problem = `exceeded maximum resolution of ${maxSteps.toLocaleString("en")} points per timeseries`;
    throw invalid(`${problem}. Try decreasing the query resolution (?step=XX)`);
  }
  const type = typeOf(expression);
  if (type !== "vector" && type !== "scalar") {
    const got = type === "matrix" ? "range vector" : type;
    throw invalid(`invalid expression type "${got}" for range query, must be Scalar or instant Vector`);
  }
}

async function evaluateInstant({ expression }: Query, grid: Grid, evaluation: Evaluation): Promise<ResultValue> {
  const evaluator = createEvaluator(evaluation);
  const inner = unwrap(expression);
  if (isRangeVector(inner)) {
    const vector = await evaluateRangeVector(inner, grid, { evaluator, around: nothingAround });
    return { kind: "matrix", series: rangeMatrixOf(vector) };
  }
  const value = await evaluator.evaluate(inner, grid, nothingAround);
  if (value.kind === "string") return { kind: "string", ms: grid.startMs, text: value.text };
  if (value.kind === "scalar") return { kind: "scalar", ms: grid.startMs, value: value.values[0] ?? Number.NaN };
  const series = evaluation.delayedNameRemoval ? mergeSameLabels(withoutNames(value.series)) : value.series;
  const isOrdered = ordersItself(inner) || isSelected(inner);
  return { kind: "vector", samples: vectorOf(series, grid, isOrdered) };
}

/** Whether a vector has the order in which a source answers, which is that of labels. */
function isSelected({ kind }: Expression): boolean {
  return kind === "vector-selector";
}

/** Whether the order of a vector says something. */
function ordersItself(expression: Expression): boolean {
  if (expression.kind === "call") return expression.name.startsWith("sort");
  return expression.kind === "aggregation" && (expression.operator === "topk" || expression.operator === "bottomk");
}

async function evaluateRange({ expression }: Query, grid: Grid, evaluation: Evaluation): Promise<ResultValue> {
  const value = await createEvaluator(evaluation).evaluate(expression, grid, nothingAround);
  if (value.kind === "string") throw invalid("cannot evaluate a string over a range of time");
  return { kind: "matrix", series: matrixOf(value, grid, evaluation.delayedNameRemoval) };
}

/** For how long a query may calculate before others get their turn, in milliseconds. */
const breathMs = 20;

/** After how many samples it is time to look at the clock. */
const samplesPerLook = 50_000;

function createBreath(signal: AbortSignal): Pick<Evaluation, "breathe" | "worked"> {
  let last = performance.now();
  let samplesSince = 0;
  const breathe = async () => {
    if (signal.aborted) throw abortedBy(signal);
    if (performance.now() - last < breathMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw abortedBy(signal);
    last = performance.now();
  };
  return {
    breathe,
    worked(samples) {
      samplesSince += samples;
      if (samplesSince < samplesPerLook) return null;
      samplesSince = 0;
      return breathe();
    },
  };
}

function abortedBy(signal: AbortSignal): AppError {
  const error = AppError.from(signal.reason);
  if (error.code === "deadline_exceeded")
    return new AppError("deadline_exceeded", "query timed out in expression evaluation");
  return new AppError("cancelled", "query was canceled in expression evaluation", { cause: signal.reason });
}

/** The functions that there are, for those who complete what is typed. */
export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys()].sort();
}

/** What a function takes and answers; undefined for one that there is not. */
export function functionSignature(name: string): FunctionSignature | undefined {
  return FUNCTIONS.get(name);
}
