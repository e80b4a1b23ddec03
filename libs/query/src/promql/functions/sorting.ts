import { compareLabels, labelValue } from "../labels.ts";
import { compareNatural } from "../natural-order.ts";
import * as texts from "../note-texts.ts";
import { FLOAT, type StepValues, type VectorSeries } from "../value.ts";
import { textAt, vectorAt } from "./arguments.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";

/** A range query orders its answer by labels: there is no other order that holds at all steps. */
function sorted(call: VectorCall, compare: (a: VectorSeries, b: VectorSeries) => number): StepValues {
  const series = vectorAt(call, 0);
  if (call.evaluation.startMs !== call.evaluation.endMs) {
    call.evaluation.notes.warn(texts.sortIsIneffective, call.call.span);
  }
  if (call.grid.count !== 1) return { kind: "vector", series };
  return { kind: "vector", series: [...series].sort(compare) };
}

/** By value, NaN last; histograms, which have no order, are left out. */
function byValue(call: VectorCall, sign: 1 | -1): StepValues {
  const ordered = sorted(call, (a, b) => {
    const left = a.values[0] ?? 0;
    const right = b.values[0] ?? 0;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return sign * (left - right) || 0;
  });
  if (ordered.kind !== "vector") return ordered;
  const series = ordered.series.map((one) =>
    one.histograms === null ? one : { ...one, kinds: one.kinds.map((kind) => (kind === FLOAT ? FLOAT : 0)) },
  );
  return { kind: "vector", series };
}

function byLabels(call: VectorCall, sign: 1 | -1): StepValues {
  const names = call.arguments.slice(1).map((_, i) => textAt(call, i + 1));
  return sorted(call, (a, b) => {
    for (const name of names) {
      const left = labelValue(a.labels, name);
      const right = labelValue(b.labels, name);
      if (left !== right) return sign * compareNatural(left, right);
    }
    return sign * compareLabels(a.labels, b.labels);
  });
}

const ofLabels = { variadic: -1, isExperimental: true } as const;

export const sortFunctions: readonly FunctionDefinition[] = [
  vectorFunction("sort", ["vector"], (call) => byValue(call, 1)),
  vectorFunction("sort_desc", ["vector"], (call) => byValue(call, -1)),
  vectorFunction("sort_by_label", ["vector", "string"], (call) => byLabels(call, 1), ofLabels),
  vectorFunction("sort_by_label_desc", ["vector", "string"], (call) => byLabels(call, -1), ofLabels),
];
