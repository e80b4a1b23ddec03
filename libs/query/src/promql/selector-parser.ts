import { quote } from "@sightline/gotext/quote";
import { unquote } from "@sightline/gotext/unquote";
import { compilePattern } from "@sightline/regex/pattern";
import { type LabelMatcher, MATCH_OPERATORS, type VectorSelector } from "./ast.ts";
import { isLabelName, metricNameLabel } from "./label-names.ts";
import type { Token } from "./lexer.ts";
import { hasText, type TokenReader } from "./token-reader.ts";

const wordsThatAreNames = new Set(["by", "offset", "without", "start", "end", "step", "range", "and", "or", "unless"]);
const newerWords = new Set(["anchored", "smoothed", "fill", "fill_left", "fill_right"]);

function canBeMetric({ kind, text }: Token): boolean {
  if (kind === "identifier" || kind === "metric" || kind === "aggregation") return true;
  const word = text.toLowerCase();
  return (kind === "keyword" || kind === "operator-word") && (wordsThatAreNames.has(word) || newerWords.has(word));
}

/** Reads `name`, `name{…}` or `{…}`; null when something else comes next. */
export function readSelector(reader: TokenReader): VectorSelector | null {
  const first = reader.peek();
  const isNamed = canBeMetric(first);
  if (!isNamed && !hasText(first, "{")) return null;
  const name = isNamed ? reader.next().text : "";
  const matchers = reader.isNext("{") ? readMatchers(reader) : [];
  if (isNamed) matchers.push({ name: metricNameLabel, operator: "=", value: name });
  const span = { start: first.start, end: reader.lastEnd() };
  return { kind: "vector-selector", name, matchers, offset: null, at: null, extended: null, span };
}

function readMatchers(reader: TokenReader): LabelMatcher[] {
  const matchers: LabelMatcher[] = [];
  reader.next();
  if (reader.take("}") !== null) return matchers;
  for (;;) {
    matchers.push(readMatcher(reader));
    if (reader.take("}") !== null) return matchers;
    reader.want(",", "label matching", '"," or "}"');
    if (reader.take("}") !== null) return matchers;
  }
}

function readMatcher(reader: TokenReader): LabelMatcher {
  const label = reader.peek();
  if (label.kind !== "identifier" && label.kind !== "string") {
    throw reader.unexpected("label matching", 'identifier or "}"');
  }
  reader.next();
  const name = label.kind === "string" ? unquote(label.text) : label.text;
  const operator = MATCH_OPERATORS.find((sign) => reader.isNext(sign));
  if (operator === undefined) {
    if (label.kind === "identifier") throw reader.unexpected("label matching", "label matching operator");
    return { name: metricNameLabel, operator: "=", value: name };
  }
  reader.next();
  const value = reader.takeKind("string");
  if (value === null) throw reader.unexpected("label matching", "string");
  return checked(reader, { name, operator, value: unquote(value.text) }, { start: label.start, end: value.end });
}

function checked(reader: TokenReader, matcher: LabelMatcher, span: { start: number; end: number }): LabelMatcher {
  if (matcher.operator === "=~" || matcher.operator === "!~") {
    try {
      compilePattern(matcher.value, { anchored: true });
    } catch (thrown) {
      throw reader.problem(span, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  return matcher;
}

/** Reads the labels of `by`, `on` and their like: `(a, b)`. */
export function readGrouping(reader: TokenReader): readonly string[] {
  reader.want("(", "grouping opts", '"("');
  const labels: string[] = [];
  if (reader.take(")") !== null) return labels;
  for (;;) {
    labels.push(readGroupingLabel(reader));
    if (reader.take(")") !== null) return labels;
    reader.want(",", "grouping opts", '"," or ")"');
    if (reader.take(")") !== null) return labels;
  }
}

function readGroupingLabel(reader: TokenReader): string {
  const token = reader.peek();
  const isWord = token.kind === "identifier" || token.kind === "metric" || token.kind === "aggregation";
  if (!isWord && token.kind !== "keyword" && token.kind !== "operator-word" && token.kind !== "string") {
    throw reader.unexpected("grouping opts", "label");
  }
  reader.next();
  const label = token.kind === "string" ? unquote(token.text) : token.text;
  if (!isLabelName(label)) throw reader.problem(token, `invalid label name for grouping: ${quote(label)}`);
  return label;
}
