import { invalid } from "@sightline/errors/app-error";
import { compilePattern } from "@sightline/regex/pattern";
import { isLabelName } from "./field-name.ts";
import { extractField, isComplete } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** `| regexp`: the named groups of the first match become labels. A line that does not match keeps the labels it has. */
export function createRegexpParser(source: string): StageRunner {
  const names = [...source.matchAll(/\(\?P?<([^>=!(]+)>/g)].map((found) => found[1] ?? "");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`duplicate extracted label name '${twice}'`);
  const pattern = compilePattern(source, { anchored: false });
  const groups = [...pattern.groupNames];
  if (groups.length === 0) throw invalid("at least one named capture must be supplied");
  for (const [name] of groups) if (!isLabelName(name)) throw invalid(`invalid extracted label name '${name}'`);
  return (line) => {
    if (isComplete(line)) return true;
    const match = pattern.match(line.text);
    if (match !== null) for (const [name, group] of groups) extractField(line, name, match.groups[group] ?? "");
    return true;
  };
}
