import { unquote } from "@sightline/gotext/unquote";
import {
  AGGREGATIONS,
  type Aggregation,
  ARITHMETIC,
  type BinaryOperation,
  type BinaryOperator,
  COMPARISONS,
  type Expression,
  isSetOperator,
  SET_OPERATORS,
  type Span,
  TRIMS,
  type VectorMatching,
} from "./ast.ts";
import { numberOf as readNumber } from "./duration-parser.ts";
import { parseDuration } from "./durations.ts";
import { readModifiers } from "./modifier-parser.ts";
import { readGrouping, readSelector } from "./selector-parser.ts";
import { createTokenReader, hasText, type TokenReader } from "./token-reader.ts";

/** Operators that bind stronger have a higher level; what binds to the right is named apart. */
const levelOf: ReadonlyMap<string, number> = new Map<string, number>([
  ["or", 1],
  ["and", 2],
  ["unless", 2],
  ...[...COMPARISONS, ...TRIMS].map((operator) => [operator, 3] as const),
  ["+", 4],
  ["-", 4],
  ["*", 5],
  ["/", 5],
  ["%", 5],
  ["atan2", 5],
  ["^", 6],
]);
const powerLevel = 6;

const operators: ReadonlySet<string> = new Set([...COMPARISONS, ...SET_OPERATORS, ...ARITHMETIC, ...TRIMS]);

function isOperator(text: string): text is BinaryOperator {
  return operators.has(text);
}

/**
 * Reads a query. What it means is not looked at: see `check`. Throws invalid_argument with the position of what is wrong, in
 * Prometheus' words: `1:5: parse error: unexpected ")" in grouping opts, expected label`.
 */
export function parse(source: string): Expression {
  const reader = createTokenReader(source);
  if (reader.peek().kind === "end") throw reader.problem({ start: 0, end: 0 }, "no expression found in input");
  const expression = readExpression(reader, 0);
  if (reader.peek().kind !== "end") throw reader.unexpected();
  return expression;
}

/** Reads a selector alone, such as `http_requests_total{job="api"}`. */
export function parseSelector(source: string) {
  const reader = createTokenReader(source);
  const selector = readSelector(reader);
  if (selector === null || reader.peek().kind !== "end") throw reader.unexpected();
  return selector;
}

/** Reads an expression of operators that bind stronger than `above`. */
function readExpression(reader: TokenReader, above: number): Expression {
  return reader.nested(() => {
    let left = readSigned(reader);
    for (;;) {
      const token = reader.peek();
      const operator = token.kind === "operator" || token.kind === "operator-word" ? token.text.toLowerCase() : "";
      const level = levelOf.get(operator);
      if (level === undefined || level <= above || !isOperator(operator)) return left;
      left = readBinary(reader, left, operator);
    }
  });
}

function readBinary(reader: TokenReader, left: Expression, operator: BinaryOperator): BinaryOperation {
  reader.joined();
  const token = reader.next();
  const level = levelOf.get(operator) ?? 0;
  const returnBool = reader.take("bool") !== null;
  const matching = readMatching(reader, operator);
  const operatorSpan = { start: token.start, end: reader.lastEnd() };
  const right = readExpression(reader, level === powerLevel ? level - 1 : level);
  const span = { start: left.span.start, end: right.span.end };
  return { kind: "binary", operator, left, right, returnBool, matching, operatorSpan, span };
}

function readMatching(reader: TokenReader, operator: BinaryOperator): VectorMatching {
  const isSet = isSetOperator(operator);
  const base: VectorMatching = {
    cardinality: isSet ? "many-to-many" : "one-to-one",
    on: false,
    labels: [],
    include: [],
    fillLeft: null,
    fillRight: null,
  };
  if (!(reader.isNext("on") || reader.isNext("ignoring"))) return readFill(reader, base);
  const on = hasText(reader.next(), "on");
  const matched: VectorMatching = { ...base, on, labels: readGrouping(reader) };
  const left = reader.take("group_left");
  const right = left === null ? reader.take("group_right") : null;
  if (left === null && right === null) return readFill(reader, matched);
  const include = reader.isNext("(") ? readGrouping(reader) : [];
  return readFill(reader, { ...matched, cardinality: left === null ? "one-to-many" : "many-to-one", include });
}

const fillWords = ["fill", "fill_left", "fill_right"];

/** Reads fill(0), fill_left(0) and fill_right(0); words without parentheses are metrics of that name. */
function readFill(reader: TokenReader, matching: VectorMatching): VectorMatching {
  let { fillLeft, fillRight } = matching;
  for (;;) {
    const word = fillWords.find((one) => reader.isNext(one));
    if (word === undefined || !hasText(reader.peekSecond(), "(")) return { ...matching, fillLeft, fillRight };
    reader.next();
    reader.next();
    const fill = readFillValue(reader);
    if (word !== "fill_right") fillLeft = fill;
    if (word !== "fill_left") fillRight = fill;
  }
}

function readFillValue(reader: TokenReader): number {
  const sign = reader.take("-") ?? reader.take("+");
  const token = reader.peek();
  if (token.kind !== "number" && token.kind !== "duration") throw reader.unexpected("fill modifier", "number");
  const value = numberOf(reader);
  reader.want(")", "fill modifier", '")"');
  return sign?.text === "-" ? -value : value;
}

/** A sign binds as strong as a product: `-2^2` is -4, and `-a * b` is `(-a) * b`. */
function readSigned(reader: TokenReader): Expression {
  const sign = reader.take("-") ?? reader.take("+");
  if (sign === null) return readModifiers(reader, readPrimary(reader));
  const operand = readExpression(reader, powerLevel - 1);
  const span = { start: sign.start, end: operand.span.end };
  if (operand.kind === "number") return { ...operand, value: sign.text === "-" ? -operand.value : operand.value, span };
  return { kind: "unary", operator: sign.text === "-" ? "-" : "+", operand, span };
}

function readPrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  const span = { start: token.start, end: token.end };
  const isCalled = hasText(reader.peekSecond(), "(");
  switch (token.kind) {
    case "number":
    case "duration":
      return { kind: "number", value: numberOf(reader), isDuration: token.kind === "duration", span };
    case "string":
      reader.next();
      return { kind: "string", value: unquote(token.text), span };
    case "aggregation":
      if (isCalled || hasText(reader.peekSecond(), "by") || hasText(reader.peekSecond(), "without")) {
        return readAggregation(reader);
      }
      break;
    case "identifier":
    case "keyword":
      if (isCalled && (token.kind === "identifier" || /^(?:start|end|step|range)$/i.test(token.text))) {
        return readCall(reader);
      }
      break;
    case "symbol":
      if (token.text === "(") return readParentheses(reader);
      break;
    default:
      break;
  }
  const selector = readSelector(reader);
  if (selector === null) throw reader.unexpected();
  return selector;
}

function numberOf(reader: TokenReader): number {
  const token = reader.next();
  if (token.kind === "duration") {
    const ms = parseDuration(token.text);
    if (ms === null) throw reader.problem(token, `not a valid duration string: "${token.text}"`);
    return ms / 1000;
  }
  return readNumber(reader, token);
}

function readParentheses(reader: TokenReader): Expression {
  const { start } = reader.next();
  const expression = readExpression(reader, 0);
  const { end } = reader.want(")", "", "");
  return { kind: "parentheses", expression, span: { start, end } };
}

function readCall(reader: TokenReader): Expression {
  const name = reader.next();
  const { parts, end } = readArguments(reader);
  return {
    kind: "call",
    name: name.kind === "keyword" ? name.text.toLowerCase() : name.text,
    arguments: parts,
    span: { start: name.start, end },
  };
}

function readArguments(reader: TokenReader): { parts: readonly Expression[]; end: number } {
  reader.want("(", "", "");
  const parts: Expression[] = [];
  if (!reader.isNext(")")) {
    for (;;) {
      parts.push(readExpression(reader, 0));
      const comma = reader.take(",");
      if (comma === null) break;
      if (reader.isNext(")")) throw reader.problem(comma, "trailing commas not allowed in function call args");
    }
  }
  return { parts, end: reader.want(")", "", "").end };
}

function readAggregation(reader: TokenReader): Aggregation {
  const name = reader.next();
  const operator = AGGREGATIONS.find((word) => hasText(name, word)) ?? "sum";
  const before = readBy(reader);
  if (!reader.isNext("(")) throw reader.unexpected("aggregation");
  const { parts, end } = readArguments(reader);
  const span = { start: name.start, end };
  const { without, grouping } = before ?? readBy(reader) ?? { without: false, grouping: [] };
  if (parts.length === 0) throw reader.problem(span, "no arguments for aggregate expression provided");
  const { parameter, expression } = readParameter(reader, { operator, parts, span });
  return { kind: "aggregation", operator, expression, parameter, without, grouping, span };
}

function readBy(reader: TokenReader): { without: boolean; grouping: readonly string[] } | null {
  const word = reader.take("by") ?? reader.take("without");
  return word === null ? null : { without: hasText(word, "without"), grouping: readGrouping(reader) };
}

const withParameter = new Set<string>(["topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"]);

function readParameter(
  reader: TokenReader,
  { operator, parts, span }: { operator: string; parts: readonly Expression[]; span: Span },
): { parameter: Expression | null; expression: Expression } {
  const wanted = withParameter.has(operator) ? 2 : 1;
  const [first, second] = parts;
  if (first !== undefined && parts.length === wanted) {
    if (wanted === 1) return { parameter: null, expression: first };
    if (second !== undefined) return { parameter: first, expression: second };
  }
  const problem = "wrong number of arguments for aggregate expression provided";
  throw reader.problem(span, `${problem}, expected ${wanted}, got ${parts.length}`);
}
