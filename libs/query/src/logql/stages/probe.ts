import type { LabelFilter, LogExpression } from "../ast.ts";
import { createLine, fillLine, type StoredLine } from "./line.ts";
import { createPipeline, filterLabels, labelsWanted } from "./pipeline.ts";

const wholeParsers: ReadonlySet<string> = new Set(["json", "logfmt", "regexp", "pattern", "unpack"]);

/**
 * A first look at a line, for which parsers extract only what filters compare and stop there: most lines that filters drop need no more.
 * It answers false only for lines that the pipeline drops. Null where it would cost more than it saves, or where a filter may keep a line for
 * what goes wrong further behind.
 */
export function createProbe(log: LogExpression, nowNs: bigint): ((stored: StoredLine) => boolean) | null {
  const last = log.stages.findLastIndex(({ type }) => type === "label_filter");
  const stages = log.stages.slice(0, last + 1);
  const hasParser = stages.some(
    (stage) => wholeParsers.has(stage.type) && !("fields" in stage && stage.fields.length > 0),
  );
  const wanted = labelsWanted(stages, []);
  const looksAtErrors = stages.some((stage) => stage.type === "label_filter" && mayKeepErrors(stage.filter));
  if (!hasParser || wanted === null || looksAtErrors) return null;
  const pipeline = createPipeline({ ...log, stages }, nowNs);
  const line = createLine(wanted, false);
  return (stored) => {
    fillLine(line, stored);
    return pipeline(line);
  };
}

/** Whether an error of the line makes a difference to the filter. */
function mayKeepErrors(filter: LabelFilter): boolean {
  if ("left" in filter) return mayKeepErrors(filter.left) || mayKeepErrors(filter.right);
  return filter.type === "ip" || filterLabels(filter).some((name) => name.startsWith("__error"));
}
