import { expand } from "@sightline/regex/expand";
import { compilePattern, type Pattern } from "@sightline/regex/pattern";
import { executionProblem } from "../evaluate/evaluation.ts";
import { isLabelName, metricNameLabel } from "../label-names.ts";
import { labelValue, withLabel } from "../labels.ts";
import { mergeSameLabels } from "../same-labels.ts";
import type { StepValues, VectorSeries } from "../value.ts";
import { textAt, vectorAt } from "./arguments.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";

/** The series with a label set; one whose name is set anew keeps that. */
function relabelled(series: VectorSeries, name: string, value: string): VectorSeries {
  const labels = withLabel(series.labels, name, value);
  return { ...series, labels, dropName: name === metricNameLabel ? false : series.dropName };
}

function replace(call: VectorCall): StepValues {
  const [target, template, source] = [textAt(call, 1), textAt(call, 2), textAt(call, 3)];
  const pattern = patternOf(textAt(call, 4));
  if (!isLabelName(target)) {
    throw executionProblem(`invalid destination label name in label_replace(): ${target}`);
  }
  const series = vectorAt(call, 0).map((one) => {
    const value = labelValue(one.labels, source);
    const match = pattern.matches(value) ? pattern.match(value) : null;
    return match === null ? one : relabelled(one, target, expand(template, match, pattern.groupNames));
  });
  return { kind: "vector", series: mergeSameLabels(series) };
}

function patternOf(text: string): Pattern {
  try {
    return compilePattern(text, { anchored: true });
  } catch {
    throw executionProblem(`invalid regular expression in label_replace(): ${text}`);
  }
}

function join(call: VectorCall): StepValues {
  const [target, separator] = [textAt(call, 1), textAt(call, 2)];
  const sources = call.arguments.slice(3).map((_, i) => textAt(call, i + 3));
  for (const source of sources) {
    if (!isLabelName(source)) throw executionProblem(`invalid source label name in label_join(): ${source}`);
  }
  if (!isLabelName(target)) throw executionProblem(`invalid destination label name in label_join(): ${target}`);
  const series = vectorAt(call, 0).map((one) =>
    relabelled(one, target, sources.map((source) => labelValue(one.labels, source)).join(separator)),
  );
  return { kind: "vector", series: mergeSameLabels(series) };
}

export const labelFunctions: readonly FunctionDefinition[] = [
  vectorFunction("label_replace", ["vector", "string", "string", "string", "string"], replace),
  vectorFunction("label_join", ["vector", "string", "string", "string"], join, { variadic: -1 }),
];
