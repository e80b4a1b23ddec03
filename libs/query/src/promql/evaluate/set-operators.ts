import type { BinaryOperation } from "../ast.ts";
import { mergeSameLabels } from "../same-labels.ts";
import { ABSENT, presence, type VectorSeries } from "../value.ts";
import { matchSeries } from "./vector-matching.ts";

/** Evaluates `and`, `or` and `unless`. */
export function operateSets(
  { operator, matching }: BinaryOperation,
  {
    left,
    right,
    steps,
  }: { readonly left: readonly VectorSeries[]; readonly right: readonly VectorSeries[]; readonly steps: number },
): readonly VectorSeries[] {
  const kept = new Map<VectorSeries, VectorSeries>();
  for (const { many, one } of matchSeries(left, right, matching)) {
    if (operator === "or") {
      const present = presence(many, steps);
      const isKept = (step: number) => present[step] === 0;
      for (const series of one) kept.set(series, only(series, isKept));
    } else {
      const present = presence(one, steps);
      const wanted = operator === "and" ? 1 : 0;
      const isKept = (step: number) => present[step] === wanted;
      for (const series of many) kept.set(series, only(series, isKept));
    }
  }
  const answers = operator === "or" ? [...left, ...right] : left;
  const filtered = answers
    .map((series) => kept.get(series) ?? series)
    .filter(({ kinds }) => kinds.some((kind) => kind !== ABSENT));
  return mergeSameLabels(filtered);
}

/** The series with some of its steps. */
function only(series: VectorSeries, isKept: (step: number) => boolean): VectorSeries {
  const kinds = series.kinds.map((kind, step) => (kind !== ABSENT && isKept(step) ? kind : ABSENT));
  return { ...series, kinds };
}
