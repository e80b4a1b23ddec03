import { AppError } from "@sightline/errors/app-error";
import { expand } from "@sightline/regex/expand";
import { compilePattern } from "@sightline/regex/pattern";
import type { LabelReplace } from "../ast.ts";
import { labelsKey, printLabels, type Series, sortedLabels } from "./series.ts";

/** `label_replace`: where the pattern matches all of the source label, the destination becomes the replacement; empty, it is gone. */
export function replaceLabels(expression: LabelReplace, series: readonly Series[]): Series[] {
  const { destination, replacement, source } = expression;
  const pattern = compilePattern(expression.pattern, { anchored: true });
  const keys = new Set<string>();
  return series.map((one) => {
    const match = pattern.match(one.labels.get(source) ?? "");
    const result = match === null ? one : renamed(one, destination, expand(replacement, match, pattern.groupNames));
    if (keys.has(result.key)) {
      throw new AppError(
        "failed_precondition",
        `cannot replace label ${destination}: got two series with the labels ${printLabels(result.labels)}, want one`,
      );
    }
    keys.add(result.key);
    return result;
  });
}

function renamed(series: Series, name: string, value: string): Series {
  const labels = new Map(series.labels);
  if (value === "") labels.delete(name);
  else labels.set(name, value);
  const ordered = sortedLabels(labels);
  return { ...series, labels: ordered, key: labelsKey(ordered) };
}
