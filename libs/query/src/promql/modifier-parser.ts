import { formatNumber } from "@sightline/gotext/format-float";
import type { AtModifier, Duration, Expression, MatrixSelector, Subquery, VectorSelector } from "./ast.ts";
import { numberOf, readOffset, readPositiveDuration, secondsOf } from "./duration-parser.ts";
import type { TokenReader } from "./token-reader.ts";

/** Reads what stands behind an expression: a range, a subquery, `offset`, `@`, `anchored`, `smoothed`, in any order. */
export function readModifiers(reader: TokenReader, expression: Expression): Expression {
  let modified = expression;
  for (;;) {
    if (reader.isNext("[")) modified = readBrackets(reader, modified);
    else if (reader.isNext("offset")) modified = readOffsetOf(reader, modified);
    else if (reader.isNext("@")) modified = readAt(reader, modified);
    else if (reader.isNext("anchored") || reader.isNext("smoothed")) modified = readExtended(reader, modified);
    else return modified;
  }
}

function readBrackets(reader: TokenReader, expression: Expression): MatrixSelector | Subquery {
  reader.joined();
  const open = reader.next();
  const window = readPositiveDuration(reader, "subquery or range selector");
  if (reader.take(":") !== null) return readSubquery(reader, expression, window);
  if (!reader.isNext("]")) throw reader.unexpected("subquery or range", '":" or "]"');
  const { end } = reader.next();
  if (expression.kind !== "vector-selector") {
    throw reader.problem(open, "ranges only allowed for vector selectors");
  }
  if (expression.offset !== null) throw reader.problem(open, "no offset modifiers allowed before range");
  if (expression.at !== null) throw reader.problem(open, "no @ modifiers allowed before range");
  return { kind: "matrix-selector", vector: expression, window, span: { start: expression.span.start, end } };
}

function readSubquery(reader: TokenReader, expression: Expression, window: Duration): Subquery {
  const context = "subquery selector";
  const step = reader.isNext("]") ? null : readPositiveDuration(reader, context);
  const { end } = reader.want("]", context, '"]"');
  const span = { start: expression.span.start, end };
  return { kind: "subquery", expression, window, step, offset: null, at: null, span };
}

type Selecting = VectorSelector | MatrixSelector | Subquery;

function selecting(reader: TokenReader, expression: Expression, modifier: string): Selecting {
  const { kind } = expression;
  if (kind === "vector-selector" || kind === "matrix-selector" || kind === "subquery") return expression;
  const what = "an instant vector selector or range vector selector or a subquery";
  throw reader.problem(expression.span, `${modifier} modifier must be preceded by ${what}`);
}

/** The selector or subquery with something set, and with the end that it has now. */
function withSet(reader: TokenReader, target: Selecting, set: { offset: Duration } | { at: AtModifier }): Expression {
  const span = { start: target.span.start, end: reader.lastEnd() };
  if (target.kind === "matrix-selector") return { ...target, vector: { ...target.vector, ...set }, span };
  return { ...target, ...set, span };
}

function readOffsetOf(reader: TokenReader, expression: Expression): Expression {
  reader.next();
  const offset = readOffset(reader);
  const target = selecting(reader, expression, "offset");
  if ((target.kind === "matrix-selector" ? target.vector : target).offset !== null) {
    throw reader.problem(expression.span, "offset may not be set multiple times");
  }
  return withSet(reader, target, { offset });
}

function readAt(reader: TokenReader, expression: Expression): Expression {
  reader.next();
  const at = readTime(reader, expression);
  const target = selecting(reader, expression, "@");
  if ((target.kind === "matrix-selector" ? target.vector : target).at !== null) {
    throw reader.problem(expression.span, "@ <timestamp> may not be set multiple times");
  }
  return withSet(reader, target, { at });
}

function readTime(reader: TokenReader, expression: Expression): AtModifier {
  const edge = reader.take("start") ?? reader.take("end");
  if (edge !== null) {
    reader.want("(", "@", "timestamp");
    reader.want(")", "@", "timestamp");
    return { kind: edge.text.toLowerCase() === "start" ? "start" : "end" };
  }
  const sign = reader.take("-") ?? reader.take("+");
  const token = reader.peek();
  if (token.kind !== "number" && token.kind !== "duration") throw reader.unexpected("@", "timestamp");
  reader.next();
  const value = token.kind === "number" ? numberOf(reader, token) : secondsOf(reader, token);
  const seconds = sign?.text === "-" ? -value : value;
  if (!(Math.abs(seconds) < 2 ** 63)) {
    throw reader.problem(expression.span, `timestamp out of bounds for @ modifier: ${formatNumber(seconds)}`);
  }
  return { kind: "time", ms: Math.round(seconds * 1000) };
}

function readExtended(reader: TokenReader, expression: Expression): Expression {
  const extended = reader.next().text.toLowerCase() === "anchored" ? "anchored" : "smoothed";
  const vector = expression.kind === "matrix-selector" ? expression.vector : expression;
  if (vector.kind !== "vector-selector" || (expression.kind === "vector-selector" && extended === "anchored")) {
    const where = extended === "anchored" ? "a range vector selector" : "an instant or range vector selector";
    throw reader.problem(expression.span, `${extended} modifier can only be used with ${where}`);
  }
  if (vector.extended !== null) {
    throw reader.problem(expression.span, "anchored and smoothed modifiers may not be set multiple times");
  }
  const span = { start: expression.span.start, end: reader.lastEnd() };
  if (expression.kind === "matrix-selector") return { ...expression, vector: { ...vector, extended }, span };
  return { ...vector, extended, span };
}
