import { quote } from "@sightline/gotext/quote";
import type { FieldExpression, LabelFilter, LabelFormat, LabelMatcher, LogfmtStage, NamedLabel, Stage } from "./ast.ts";

/** Prints `name="value"`. */
export function formatMatcher({ name, operator, value }: LabelMatcher): string {
  return `${name}${operator}${quote(value)}`;
}

/** Prints a stage of a pipeline with its pipe. */
export function formatStage(stage: Stage): string {
  switch (stage.type) {
    case "line_filter":
      return `${stage.operator} ${stage.operands
        .map(({ kind, value }) => (kind === "ip" ? `ip(${quote(value)})` : quote(value)))
        .join(" or ")}`;
    case "json":
      return `| json${formatFields(stage.fields)}`;
    case "logfmt":
      return formatLogfmt(stage);
    case "regexp":
    case "pattern":
      return `| ${stage.type} ${quote(stage.pattern)}`;
    case "unpack":
    case "decolorize":
      return `| ${stage.type}`;
    case "label_filter":
      return `| ${formatLabelFilter(stage.filter)}`;
    case "line_format":
      return `| line_format ${quote(stage.template)}`;
    case "label_format":
      return `| label_format ${stage.formats.map(formatLabelFormat).join(", ")}`;
    case "drop":
    case "keep":
      return `| ${stage.type} ${stage.labels.map(formatNamed).join(", ")}`;
  }
}

function formatFields(fields: readonly FieldExpression[]): string {
  if (fields.length === 0) return "";
  return ` ${fields.map(({ name, expression }) => `${name}=${quote(expression)}`).join(", ")}`;
}

function formatLogfmt({ strict, keepEmpty, fields }: LogfmtStage): string {
  return `| logfmt${strict ? " --strict" : ""}${keepEmpty ? " --keep-empty" : ""}${formatFields(fields)}`;
}

function formatLabelFormat({ name, from }: LabelFormat): string {
  return `${name}=${from.kind === "label" ? from.name : quote(from.text)}`;
}

function formatNamed({ name, matcher }: NamedLabel): string {
  return matcher === null ? name : formatMatcher(matcher);
}

/** Prints a filter of labels without its pipe. */
export function formatLabelFilter(filter: LabelFilter): string {
  switch (filter.type) {
    case "match":
      return formatMatcher(filter.matcher);
    case "compare":
      return `${filter.name}${filter.operator}${filter.value.text}`;
    case "ip":
      return `${filter.name}${filter.operator}ip(${quote(filter.pattern)})`;
    case "or":
      return `${formatLabelFilter(filter.left)} or ${inner(filter.right, filter.right.type === "or")}`;
    case "and": {
      const { left, right } = filter;
      return `${inner(left, left.type === "or")} and ${inner(right, right.type === "or" || right.type === "and")}`;
    }
  }
}

function inner(filter: LabelFilter, inParentheses: boolean): string {
  return inParentheses ? `(${formatLabelFilter(filter)})` : formatLabelFilter(filter);
}
