import type {
  FieldExpression,
  LabelFormat,
  LineFilterOperand,
  LineFilterOperator,
  LineFilterStage,
  NamedLabel,
  Stage,
} from "./ast.ts";
import { parseIp, parseLabelFilter, parseMatcher } from "./parse-label-filter.ts";
import { parseList, type Reader } from "./reader.ts";

const lineFilters = ["|=", "!=", "|~", "!~", "|>", "!>"] as const;

/** The line filter that comes next, if one does. */
export function peekLineFilter(reader: Reader): LineFilterOperator | undefined {
  return lineFilters.find((operator) => reader.isNext(operator));
}

/** Parses `|= "a" or "b"`, the operator being known to come next. */
export function parseLineFilter(reader: Reader, operator: LineFilterOperator): LineFilterStage {
  const { position } = reader.next();
  const operands = [parseOperand(reader)];
  while (reader.isNext("or") && isOperand(reader)) {
    reader.next();
    operands.push(parseOperand(reader));
  }
  return { type: "line_filter", operator, operands, position };
}

function isOperand(reader: Reader): boolean {
  const token = reader.peek(1);
  return token.kind === "string" || (token.kind === "keyword" && token.text === "ip");
}

function parseOperand(reader: Reader): LineFilterOperand {
  const token = reader.peek();
  if (token.kind === "string") {
    reader.next();
    return { kind: "text", value: token.value, position: token.position };
  }
  if (!reader.isNext("ip")) return reader.unexpected("STRING", "ip");
  return { kind: "ip", value: parseIp(reader), position: token.position };
}

/** What may stand behind a pipe, for messages. */
const stageNames = [
  ...["json", "logfmt", "pattern", "regexp", "unpack", "line_format", "label_format", "decolorize", "drop", "keep"],
  ...["IDENTIFIER", "("],
] as const;

/** Parses what follows a pipe, but for `unwrap`. */
export function parseStage(reader: Reader): Stage {
  const { position, kind } = reader.peek();
  if (kind === "identifier" || reader.isNext("(")) {
    return { type: "label_filter", filter: parseLabelFilter(reader), position };
  }
  if (reader.take("json")) return { type: "json", fields: parseFields(reader), position };
  if (reader.take("logfmt")) return parseLogfmt(reader, position);
  if (reader.take("regexp")) return { type: "regexp", pattern: reader.wantString(), position };
  if (reader.take("pattern")) return { type: "pattern", pattern: reader.wantString(), position };
  if (reader.take("unpack")) return { type: "unpack", position };
  if (reader.take("decolorize")) return { type: "decolorize", position };
  if (reader.take("line_format")) return { type: "line_format", template: reader.wantString(), position };
  if (reader.take("label_format")) {
    return { type: "label_format", formats: parseList(reader, () => parseLabelFormat(reader)), position };
  }
  for (const type of ["drop", "keep"] as const) {
    if (reader.take(type)) return { type, labels: parseList(reader, () => parseNamedLabel(reader)), position };
  }
  return reader.unexpected(...stageNames);
}

function parseFields(reader: Reader): FieldExpression[] {
  if (reader.peek().kind !== "identifier") return [];
  return parseList(reader, () => {
    const { position } = reader.peek();
    const name = reader.wantIdentifier();
    return { name, expression: reader.take("=") ? reader.wantString() : name, position };
  });
}

function parseLogfmt(reader: Reader, position: number): Stage {
  const flags = new Set<string>();
  while (reader.peek().kind === "flag") flags.add(reader.next().text);
  return {
    type: "logfmt",
    strict: flags.has("--strict"),
    keepEmpty: flags.has("--keep-empty"),
    fields: parseFields(reader),
    position,
  };
}

function parseLabelFormat(reader: Reader): LabelFormat {
  const { position } = reader.peek();
  const name = reader.wantIdentifier();
  reader.want("=");
  const value = reader.peek();
  if (value.kind === "identifier") {
    reader.next();
    return { name, from: { kind: "label", name: value.text }, position };
  }
  if (value.kind !== "string") return reader.unexpected("IDENTIFIER", "STRING");
  reader.next();
  return { name, from: { kind: "template", text: value.value }, position };
}

function parseNamedLabel(reader: Reader): NamedLabel {
  const { position } = reader.peek();
  if (reader.peek().kind !== "identifier") return reader.unexpected("IDENTIFIER");
  const after = reader.peek(1);
  const isMatcher = after.kind === "symbol" && ["=", "!=", "=~", "!~"].includes(after.text);
  // `drop a != "x"` is a matcher; there is no line filter without a pipe or a stage of its own behind a name.
  if (!isMatcher) return { name: reader.wantIdentifier(), matcher: null, position };
  const matcher = parseMatcher(reader);
  return { name: matcher.name, matcher, position };
}
