import type { NamedLabel } from "../ast.ts";
import { createMatcherTest } from "./label-filter.ts";
import { dropLabel, ERROR_DETAILS_LABEL, ERROR_LABEL, getLabel, type Line, PRESERVE_ERROR_LABEL } from "./line.ts";
import type { StageRunner } from "./stage.ts";

const errorLabels: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);

/** `| drop a, b="x"`: removes labels, those with a matcher only where it matches. */
export function createDrop(labels: readonly NamedLabel[]): StageRunner {
  const drops = labels.map(({ name, matcher }) => ({
    name,
    test: matcher === null ? null : createMatcherTest(matcher),
  }));
  return (line) => {
    for (const { name, test } of drops) {
      if (test === null || test(getLabel(line, name) ?? "")) dropLabel(line, name);
    }
    return true;
  };
}

/** `| keep a, b="x"`: removes all labels but these, and what tells of errors. */
export function createKeep(labels: readonly NamedLabel[]): StageRunner {
  const keeps = new Map<string, ((value: string) => boolean)[]>();
  for (const { name, matcher } of labels) {
    keeps.set(name, [...(keeps.get(name) ?? []), matcher === null ? () => true : createMatcherTest(matcher)]);
  }
  return (line) => {
    for (const name of labelNames(line)) {
      const isKept = keeps.get(name)?.some((test) => test(getLabel(line, name) ?? "")) ?? false;
      if (!isKept && !errorLabels.has(name)) dropLabel(line, name);
    }
    return true;
  };
}

function labelNames(line: Line): string[] {
  return [...line.parsedNames, ...line.metadataNames, ...line.stream.keys()];
}
