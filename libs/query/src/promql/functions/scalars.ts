import { timeAt } from "../grid.ts";
import { noLabels } from "../labels.ts";
import { FLOAT, type StepValues } from "../value.ts";
import { scalarAt, vectorAt } from "./arguments.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";

function constant({ grid }: VectorCall, value: number): StepValues {
  return { kind: "scalar", values: new Float64Array(grid.count).fill(value) };
}

/** The value of the only float at each step; NaN where there is none, or more than one. */
function toScalar(call: VectorCall): StepValues {
  const values = new Float64Array(call.grid.count).fill(Number.NaN);
  const counts = new Uint32Array(call.grid.count);
  for (const series of vectorAt(call, 0)) {
    for (let step = 0; step < values.length; step++) {
      if (series.kinds[step] !== FLOAT) continue;
      const count = (counts[step] ?? 0) + 1;
      counts[step] = count;
      values[step] = count === 1 ? (series.values[step] ?? 0) : Number.NaN;
    }
  }
  return { kind: "scalar", values };
}

function toVector(call: VectorCall): StepValues {
  const values = scalarAt(call, 0);
  const kinds = new Uint8Array(values.length).fill(FLOAT);
  return { kind: "vector", series: [{ labels: noLabels, dropName: false, kinds, values, histograms: null }] };
}

function ofTwo(call: VectorCall, operate: (left: number, right: number) => number): StepValues {
  const right = scalarAt(call, 1);
  return { kind: "scalar", values: scalarAt(call, 0).map((left, step) => operate(left, right[step] ?? 0)) };
}

const scalar = { returnType: "scalar" } as const;
const experimental = { returnType: "scalar", isExperimental: true } as const;

export const scalarFunctions: readonly FunctionDefinition[] = [
  vectorFunction("pi", [], (call) => constant(call, Math.PI), scalar),
  vectorFunction(
    "time",
    [],
    ({ grid }) => ({
      kind: "scalar",
      values: Float64Array.from({ length: grid.count }, (_, i) => timeAt(grid, i) / 1000),
    }),
    scalar,
  ),
  vectorFunction("start", [], (call) => constant(call, call.evaluation.startMs / 1000), experimental),
  vectorFunction("end", [], (call) => constant(call, call.evaluation.endMs / 1000), experimental),
  vectorFunction("step", [], (call) => constant(call, call.evaluation.times.stepMs / 1000), experimental),
  vectorFunction("range", [], (call) => constant(call, call.evaluation.times.rangeMs / 1000), experimental),
  vectorFunction("min_of", ["scalar", "scalar"], (call) => ofTwo(call, Math.min), experimental),
  vectorFunction("max_of", ["scalar", "scalar"], (call) => ofTwo(call, Math.max), experimental),
  vectorFunction("scalar", ["vector"], toScalar, scalar),
  vectorFunction("vector", ["scalar"], toVector),
];
