import { AppError, invalid } from "@sightline/errors/app-error";
import type { LabelFilter, LogExpression, Stage } from "../ast.ts";
import { formatStage } from "../format-stage.ts";
import { compileTemplate } from "../template/template.ts";
import { createDecolorize } from "./decolorize.ts";
import { createLabelFormat, createLineFormat } from "./formats.ts";
import { createJsonExpressions } from "./json-expressions.ts";
import { createJsonParser } from "./json-parser.ts";
import { createDrop, createKeep } from "./keep-drop.ts";
import { createLabelFilter } from "./label-filter.ts";
import { DUPLICATE_SUFFIX, type WantedLabels } from "./line.ts";
import { createLineFilter } from "./line-filter.ts";
import { createLogfmtParser } from "./logfmt-parser.ts";
import { createPatternParser } from "./pattern-parser.ts";
import { createRegexpParser } from "./regexp-parser.ts";
import type { StageRunner } from "./stage.ts";
import { createUnpack } from "./unpack.ts";

/** Makes a stage. Throws invalid_argument when its pattern, template or path is wrong. */
export function createStage(stage: Stage, nowNs: bigint): StageRunner {
  switch (stage.type) {
    case "line_filter":
      return createLineFilter(stage);
    case "json":
      return stage.fields.length === 0 ? createJsonParser() : createJsonExpressions(stage.fields);
    case "logfmt":
      return createLogfmtParser(stage);
    case "regexp":
      return createRegexpParser(stage.pattern);
    case "pattern":
      return createPatternParser(stage.pattern);
    case "unpack":
      return createUnpack();
    case "label_filter":
      return createLabelFilter(stage.filter);
    case "line_format":
      return createLineFormat(stage.template, nowNs);
    case "label_format":
      return createLabelFormat(stage.formats, nowNs);
    case "decolorize":
      return createDecolorize();
    case "drop":
      return createDrop(stage.labels);
    case "keep":
      return createKeep(stage.labels);
  }
}

/** Makes a pipeline: its stages in order, line filters as early as they see the same line. */
export function createPipeline({ stages }: LogExpression, nowNs: bigint): StageRunner {
  const runners = lineFiltersFirst(stages).map((stage) => {
    try {
      return createStage(stage, nowNs);
    } catch (thrown) {
      const error = AppError.from(thrown);
      throw error.code === "invalid_argument"
        ? invalid(`stage '${formatStage(stage)}' : ${error.message}`, error)
        : error;
    }
  });
  const [only] = runners;
  if (only === undefined) return () => true;
  if (runners.length === 1) return only;
  return (line) => {
    for (const run of runners) if (!run(line)) return false;
    return true;
  };
}

/** Whether what stands behind the stage sees another line than what stands before it. */
export function changesLine(stage: Stage): boolean {
  return stage.type === "line_format" || stage.type === "unpack" || stage.type === "decolorize";
}

/** Line filters by what they cost: texts, patterns of lines, regular expressions, addresses. */
function costOf(stage: Stage | undefined): number {
  if (stage?.type !== "line_filter") return 0;
  if (stage.operands.some(({ kind }) => kind === "ip")) return 3;
  return stage.operator === "|=" || stage.operator === "!=" ? 0 : stage.operator.endsWith(">") ? 1 : 2;
}

/**
 * Line filters cost little and are moved forward over parsers and label formats, the cheapest first, but over no stage that changes the line or
 * drops lines: a label filter in between may be what keeps a stage from failing.
 */
export function lineFiltersFirst(stages: readonly Stage[]): Stage[] {
  const ordered: Stage[] = [];
  let start = 0;
  let end = 0;
  for (const stage of stages) {
    if (stage.type === "line_filter") {
      let at = end++;
      while (at > start && costOf(ordered[at - 1]) > costOf(stage)) at--;
      ordered.splice(at, 0, stage);
    } else {
      ordered.push(stage);
      if (changesLine(stage) || stage.type === "label_filter") {
        start = ordered.length;
        end = start;
      }
    }
  }
  return ordered;
}

/** The labels that a stage looks at, or null when it may be all of them. */
export function labelsRead(stage: Stage): readonly string[] | null {
  switch (stage.type) {
    case "label_filter":
      return filterLabels(stage.filter);
    case "line_format":
      return templateLabels([stage.template]);
    case "label_format": {
      const renamed = stage.formats.flatMap(({ from }) => (from.kind === "label" ? [from.name] : []));
      const templates = stage.formats.flatMap(({ from }) => (from.kind === "template" ? [from.text] : []));
      const inTemplates = templateLabels(templates);
      return inTemplates === null ? null : [...renamed, ...inTemplates];
    }
    case "drop":
    case "keep":
      return stage.labels.map(({ name }) => name);
    default:
      return [];
  }
}

/** The labels that stages look at, and some more; null when it may be all of them. */
export function labelsWanted(stages: readonly Stage[], more: readonly string[]): WantedLabels {
  const names = new Set(more);
  for (const stage of stages) {
    const read = labelsRead(stage);
    if (read === null) return null;
    for (const name of read) names.add(name);
  }
  // What is wanted with the suffix is found without it where nothing else has the name.
  for (const name of [...names]) {
    if (name.endsWith(DUPLICATE_SUFFIX)) names.add(name.slice(0, -DUPLICATE_SUFFIX.length));
  }
  return names;
}

function templateLabels(templates: readonly string[]): readonly string[] | null {
  const names = templates.map((text) => compileTemplate(text, "line", 0n).labels);
  return names.includes(null) ? null : names.flatMap((labels) => [...(labels ?? [])]);
}

/** The labels that a filter compares. */
export function filterLabels(filter: LabelFilter): string[] {
  if ("matcher" in filter) return [filter.matcher.name];
  return "left" in filter ? [...filterLabels(filter.left), ...filterLabels(filter.right)] : [filter.name];
}
