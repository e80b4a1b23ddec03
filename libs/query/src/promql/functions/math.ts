import { mergeSameLabels, nameless } from "../same-labels.ts";
import { mapFloats, type StepValues, type VectorSeries } from "../value.ts";
import { scalarAt, vectorAt } from "./arguments.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";

/** Applies something to every float of the first argument; histograms are left out. */
export async function mapVector(
  call: VectorCall,
  index: number,
  map: (value: number, step: number) => number,
): Promise<StepValues> {
  const series: VectorSeries[] = [];
  for (const one of vectorAt(call, index)) {
    const pause = call.evaluation.worked(call.grid.count);
    if (pause !== null) await pause;
    series.push({ ...nameless(one.labels, call.evaluation), ...mapFloats(one, map) });
  }
  return { kind: "vector", series: call.evaluation.delayedNameRemoval ? series : mergeSameLabels(series) };
}

function plain(name: string, map: (value: number) => number): FunctionDefinition {
  return vectorFunction(name, ["vector"], (call) => mapVector(call, 0, map));
}

/** Rounds to the nearest multiple, halves upwards. */
function round(call: VectorCall): Promise<StepValues> {
  if (call.arguments.length < 2) return mapVector(call, 0, (value) => Math.floor(value + 0.5));
  const multiples = scalarAt(call, 1);
  return mapVector(call, 0, (value, step) => {
    // The inverse costs less precision.
    const inverse = 1 / (multiples[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

/** Holds values between two limits. Where the lower is above the upper one there is no answer. */
async function clamp(call: VectorCall): Promise<StepValues> {
  const lower = scalarAt(call, 1);
  const upper = scalarAt(call, 2);
  const clamped = await mapVector(call, 0, (value, step) => limit(value, lower[step] ?? 0, upper[step] ?? 0));
  if (clamped.kind !== "vector" || !lower.some((least, step) => (upper[step] ?? 0) < least)) return clamped;
  const series = clamped.series.map((one) => ({
    ...one,
    kinds: one.kinds.map((kind, step) => ((upper[step] ?? 0) < (lower[step] ?? 0) ? 0 : kind)),
  }));
  return { kind: "vector", series };
}

function limit(value: number, lower: number, upper: number): number {
  return Math.max(lower, Math.min(upper, value));
}

const infinity = Number.POSITIVE_INFINITY;

export const mathFunctions: readonly FunctionDefinition[] = [
  plain("abs", Math.abs),
  plain("ceil", Math.ceil),
  plain("floor", Math.floor),
  plain("exp", Math.exp),
  plain("sqrt", Math.sqrt),
  plain("ln", Math.log),
  plain("log2", Math.log2),
  plain("log10", Math.log10),
  plain("sgn", (value) => (value < 0 ? -1 : value > 0 ? 1 : value)),
  plain("sin", Math.sin),
  plain("cos", Math.cos),
  plain("tan", Math.tan),
  plain("asin", Math.asin),
  plain("acos", Math.acos),
  plain("atan", Math.atan),
  plain("sinh", Math.sinh),
  plain("cosh", Math.cosh),
  plain("tanh", Math.tanh),
  plain("asinh", Math.asinh),
  plain("acosh", Math.acosh),
  plain("atanh", Math.atanh),
  plain("rad", (value) => (value * Math.PI) / 180),
  plain("deg", (value) => (value * 180) / Math.PI),
  vectorFunction("round", ["vector", "scalar"], round, { variadic: 1 }),
  vectorFunction("clamp", ["vector", "scalar", "scalar"], clamp),
  vectorFunction("clamp_min", ["vector", "scalar"], (call) => {
    const lower = scalarAt(call, 1);
    return mapVector(call, 0, (value, step) => limit(value, lower[step] ?? 0, infinity));
  }),
  vectorFunction("clamp_max", ["vector", "scalar"], (call) => {
    const upper = scalarAt(call, 1);
    return mapVector(call, 0, (value, step) => limit(value, -infinity, upper[step] ?? 0));
  }),
];
