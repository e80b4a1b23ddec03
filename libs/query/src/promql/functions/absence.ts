import { type Expression, type LabelMatcher, unwrap } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { metricNameLabel } from "../label-names.ts";
import { type Labels, labelsOf } from "../labels.ts";
import { ABSENT, createSeriesWriter, type StepValues, type VectorSeries } from "../value.ts";
import { vectorAt } from "./arguments.ts";
import { type FunctionDefinition, specialFunction, vectorFunction } from "./definition.ts";

/** A 1 for every step at which no series has anything, with the labels that the selector demands. */
export function absence(series: readonly VectorSeries[], argument: Expression, grid: Grid): StepValues {
  const writer = createSeriesWriter(grid.count);
  for (let step = 0; step < grid.count; step++) {
    if (!series.some(({ kinds }) => kinds[step] !== ABSENT)) writer.setFloat(step, 1);
  }
  return { kind: "vector", series: writer.size() === 0 ? [] : [writer.series(demandedLabels(argument), false)] };
}

function demandedLabels(argument: Expression): Labels {
  const inner = unwrap(argument);
  if (inner.kind === "vector-selector") return labelsOfMatchers(inner.matchers);
  return inner.kind === "matrix-selector" ? labelsOfMatchers(inner.vector.matchers) : [];
}

/** The labels that one matcher demands the value of; one that two speak of is left out. */
function labelsOfMatchers(matchers: readonly LabelMatcher[]): Labels {
  const demanded = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (name === metricNameLabel) continue;
    if (operator === "=" && !seen.has(name)) demanded.set(name, value);
    else demanded.delete(name);
    if (operator === "=") seen.add(name);
  }
  return labelsOf(demanded);
}

export const absenceFunctions: readonly FunctionDefinition[] = [
  vectorFunction("absent", ["vector"], (call) => {
    const [argument] = call.call.arguments;
    return argument === undefined ? { kind: "vector", series: [] } : absence(vectorAt(call, 0), argument, call.grid);
  }),
  specialFunction("absent_over_time", ["matrix"]),
];
