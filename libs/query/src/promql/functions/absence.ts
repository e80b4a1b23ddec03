import { type Expression, type LabelMatcher, unwrap } from "../ast.ts";
import { metricNameLabel } from "../label-names.ts";
import { type Labels, labelsOf } from "../labels.ts";
import { createSeriesWriter, presence, type StepValues } from "../value.ts";
import { vectorAt } from "./arguments.ts";
import { type FunctionDefinition, specialFunction, vectorFunction } from "./definition.ts";

/** A 1 for every step at which nothing is present, with the labels that the selector demands. */
export function absence(present: Uint8Array, argument: Expression): StepValues {
  const writer = createSeriesWriter(present.length);
  for (let step = 0; step < present.length; step++) if (present[step] === 0) writer.setFloat(step, 1);
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
    if (argument === undefined) return { kind: "vector", series: [] };
    return absence(presence(vectorAt(call, 0), call.grid.count), argument);
  }),
  specialFunction("absent_over_time", ["matrix"]),
];
