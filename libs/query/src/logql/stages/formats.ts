import { AppError, invalid } from "@sightline/errors/app-error";
import type { LabelFormat } from "../ast.ts";
import { compileTemplate, type Template } from "../template/template.ts";
import {
  dropLabel,
  ERROR_DETAILS_LABEL,
  ERROR_LABEL,
  getLabel,
  LINE_ERRORS,
  type Line,
  PRESERVE_ERROR_LABEL,
  setError,
  setLabel,
} from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** All labels of a line as they are now, each name once, what tells of errors included. */
export function* eachLabel(line: Line): Generator<readonly [string, string]> {
  for (const [name, value] of line.stream) {
    const isReplaced = line.droppedNames.includes(name) || line.parsedNames.includes(name);
    if (!isReplaced && !line.metadataNames.includes(name)) yield [name, value];
  }
  for (const [at, name] of line.metadataNames.entries()) yield [name, line.metadataValues[at] ?? ""];
  for (const [at, name] of line.parsedNames.entries()) yield [name, line.parsedValues[at] ?? ""];
  yield* errorLabels(line);
}

/** The labels that tell of an error. */
export function* errorLabels(line: Line): Generator<readonly [string, string]> {
  if (line.error !== "") yield [ERROR_LABEL, line.error];
  if (line.errorDetails !== "") yield [ERROR_DETAILS_LABEL, line.errorDetails];
  if (line.error !== "" && line.isErrorWanted) yield [PRESERVE_ERROR_LABEL, "true"];
}

/** Fills a template in; where that fails the line gets the error and the answer is undefined. */
function render(template: Template, line: Line, labels: ReadonlyMap<string, string>): string | undefined {
  try {
    return template.render(line, labels);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "invalid_argument" && code !== "resource_exhausted") throw thrown;
    setError(line, LINE_ERRORS.template, message);
    return undefined;
  }
}

/** `| line_format "{{.level}} {{.message}}"`. */
export function createLineFormat(source: string, nowNs: bigint): StageRunner {
  const template = compileTemplate(source, "line", nowNs);
  const { onlyLabel } = template;
  if (onlyLabel !== null) {
    return (line) => {
      line.text = getLabel(line, onlyLabel) ?? "";
      return true;
    };
  }
  return (line) => {
    line.text = render(template, line, labelsFor(template, line)) ?? line.text;
    return true;
  };
}

/** The labels that the template looks at. */
function labelsFor({ labels }: Template, line: Line): ReadonlyMap<string, string> {
  if (labels === null) return new Map(eachLabel(line));
  const found = new Map<string, string>();
  for (const name of labels) {
    const value = getLabel(line, name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** `| label_format a=b, c="{{.d}}"`. All templates see the labels that the first template sees. */
export function createLabelFormat(formats: readonly LabelFormat[], nowNs: bigint): StageRunner {
  const names = new Set<string>();
  const steps = formats.map(({ name, from }) => {
    if (name === ERROR_LABEL) throw invalid(`${name} cannot be formatted`);
    if (names.has(name)) throw invalid(`multiple label name '${name}' not allowed in a single format operation`);
    names.add(name);
    return from.kind === "label"
      ? { name, from: from.name }
      : { name, template: compileTemplate(from.text, "label", nowNs) };
  });
  return (line) => {
    let labels: ReadonlyMap<string, string> | undefined;
    for (const step of steps) {
      if ("from" in step) renameLabel(line, step.from, step.name);
      else {
        labels ??= new Map(eachLabel(line));
        const text = render(step.template, line, labels);
        if (text !== undefined) setLabel(line, step.name, text);
      }
    }
    return true;
  };
}

function renameLabel(line: Line, from: string, to: string): void {
  const value = getLabel(line, from);
  if (value === undefined) return;
  setLabel(line, to, value);
  if (from !== to) dropLabel(line, from);
}
