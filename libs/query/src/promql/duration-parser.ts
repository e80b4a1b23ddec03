import { quote } from "@sightline/gotext/quote";
import type { Duration, Span } from "./ast.ts";
import { maxDurationSeconds, parseDuration } from "./durations.ts";
import { parseNumber } from "./number-text.ts";
import { hasText, type TokenReader } from "./token-reader.ts";

const wanted = "number, duration, step(), or range()";

/**
 * Reads a duration in brackets: a number or a duration, or a sum, product and so on of such.
 *
 *     sum     = product { ( "+" | "-" ) product }
 *     product = signed { ( "*" | "/" | "%" ) signed }
 *     signed  = ( "+" | "-" ) signed | power
 *     power   = primary [ "^" signed ]
 *     primary = number | duration | ( "step" | "range" ) "(" ")" | ( "min_of" | "max_of" ) "(" sum "," sum ")" | "(" sum ")"
 */
export function readDuration(reader: TokenReader, context: string): Duration {
  return reader.nested(() => readLevel(reader, context, 0));
}

/** As `readDuration`, where only a positive one is right. */
export function readPositiveDuration(reader: TokenReader, context: string): Duration {
  const duration = readDuration(reader, context);
  if (duration.kind === "seconds" && duration.seconds <= 0) {
    throw reader.problem(duration.span, "duration must be greater than 0");
  }
  return duration;
}

/** The duration after `offset`: an expression has to stand in parentheses, since `x offset 5m + 1` adds 1 to the vector. */
export function readOffset(reader: TokenReader): Duration {
  const sign = reader.take("-") ?? reader.take("+");
  const operand = readPrimary(reader, "offset");
  return sign === null ? operand : signed(sign, operand);
}

const levels = [
  ["+", "-"],
  ["*", "/", "%"],
] as const;

function readLevel(reader: TokenReader, context: string, level: number): Duration {
  const operators = levels[level];
  if (operators === undefined) return readSigned(reader, context);
  let left = readLevel(reader, context, level + 1);
  for (;;) {
    const operator = operators.find((sign) => reader.isNext(sign));
    if (operator === undefined) return left;
    reader.joined();
    const token = reader.next();
    const right = readLevel(reader, context, level + 1);
    if ((operator === "/" || operator === "%") && right.kind === "seconds" && right.seconds === 0) {
      throw reader.problem(token, operator === "/" ? "division by zero" : "modulo by zero");
    }
    left = { kind: "operation", operator, left, right, span: between(left, right) };
  }
}

function readSigned(reader: TokenReader, context: string): Duration {
  const sign = reader.take("-") ?? reader.take("+");
  if (sign !== null)
    return signed(
      sign,
      reader.nested(() => readSigned(reader, context)),
    );
  const left = readPrimary(reader, context);
  if (reader.take("^") === null) return left;
  const right = reader.nested(() => readSigned(reader, context));
  return { kind: "operation", operator: "^", left, right, span: between(left, right) };
}

function readPrimary(reader: TokenReader, context: string): Duration {
  const token = reader.peek();
  const span = { start: token.start, end: token.end };
  if (token.kind === "number" || token.kind === "duration") {
    reader.next();
    return { kind: "seconds", seconds: secondsOf(reader, token), isNumber: token.kind === "number", span };
  }
  if (hasText(token, "step") || hasText(token, "range")) {
    reader.next();
    reader.want("(", context, '"("');
    const end = reader.want(")", context, '")"').end;
    return { kind: "query", of: hasText(token, "step") ? "step" : "range", span: { start: span.start, end } };
  }
  const isLeast = hasText(token, "min") || hasText(token, "min_of");
  if (isLeast || hasText(token, "max") || hasText(token, "max_of")) {
    return readChoice(reader, context, isLeast ? "min" : "max");
  }
  if (reader.take("(") === null) throw reader.unexpected(context, wanted);
  const inner = readDuration(reader, context);
  reader.want(")", context, '")"');
  return inner;
}

function readChoice(reader: TokenReader, context: string, operator: "min" | "max"): Duration {
  const { start } = reader.next();
  reader.want("(", context, '"("');
  const left = readDuration(reader, context);
  reader.want(",", context, '","');
  const right = readDuration(reader, context);
  const { end } = reader.want(")", context, '")"');
  return { kind: "operation", operator, left, right, span: { start, end } };
}

function signed(sign: { readonly text: string; readonly start: number }, operand: Duration): Duration {
  const span = { start: sign.start, end: operand.span.end };
  if (operand.kind === "seconds") {
    return { ...operand, seconds: sign.text === "-" ? -operand.seconds : operand.seconds, span };
  }
  return sign.text === "-" ? { kind: "negation", operand, span } : operand;
}

/** What a token for a number says. */
export function numberOf(reader: TokenReader, token: Span & { readonly text: string }): number {
  const number = parseNumber(token.text);
  if (number !== null) return number;
  const problem = `error parsing number: parsing ${quote(token.text)}: value out of range or invalid syntax`;
  throw reader.problem(token, problem);
}

/** The seconds that a token for a number or a duration says. */
export function secondsOf(reader: TokenReader, token: Span & { readonly kind: string; readonly text: string }): number {
  if (token.kind === "number") {
    const number = numberOf(reader, token);
    if (Math.abs(number) >= maxDurationSeconds) throw reader.problem(token, "duration out of range");
    return number;
  }
  const ms = parseDuration(token.text);
  if (ms === null) throw reader.problem(token, `not a valid duration string: "${token.text}"`);
  return ms / 1000;
}

function between(left: Duration, right: Duration): Span {
  return { start: left.span.start, end: right.span.end };
}
