import { floatProblem, parseGoFloat } from "@sightline/gotext/parse-float";
import type { ComparisonOperator, LabelFilter, LabelMatcher, Quantity } from "./ast.ts";
import type { Reader } from "./reader.ts";

const matchOperators = ["=", "!=", "=~", "!~"] as const;
const compareOperators = [">", ">=", "<", "<=", "!=", "=", "=="] as const;

/** Parses `name="value"`, as in a stream selector. */
export function parseMatcher(reader: Reader): LabelMatcher {
  const { position } = reader.peek();
  const name = reader.wantIdentifier();
  const operator = matchOperators.find((candidate) => reader.take(candidate));
  if (operator === undefined) return reader.unexpected(...matchOperators);
  return { name, operator, value: reader.wantString(), position };
}

/**
 * Parses a filter of labels:
 *
 *     or      = and { "or" and }
 *     and     = primary { [ "and" | "," ] primary }
 *     primary = "(" or ")" | name operator ( string | number | duration | bytes | "ip" "(" string ")" )
 */
export function parseLabelFilter(reader: Reader): LabelFilter {
  return reader.nested(() => {
    let left = parseAnd(reader);
    while (reader.isNext("or")) {
      const { position } = reader.next();
      reader.joined();
      left = { type: "or", left, right: parseAnd(reader), position };
    }
    return left;
  });
}

function parseAnd(reader: Reader): LabelFilter {
  let left = parsePrimary(reader);
  for (;;) {
    const { position, kind } = reader.peek();
    const isJoined = reader.take("and") || reader.take(",");
    if (!isJoined && kind !== "identifier" && !reader.isNext("(")) return left;
    reader.joined();
    left = { type: "and", left, right: parsePrimary(reader), position };
  }
}

function parsePrimary(reader: Reader): LabelFilter {
  if (reader.take("(")) {
    const filter = parseLabelFilter(reader);
    reader.want(")");
    return filter;
  }
  if (reader.peek().kind !== "identifier") return reader.unexpected("IDENTIFIER", "(");
  const { text: name, position } = reader.next();
  const operator = [...compareOperators, ...matchOperators].find((candidate) => reader.isNext(candidate));
  if (operator === undefined) return reader.unexpected(...matchOperators, "==", ">", ">=", "<", "<=");
  reader.next();
  const value = reader.peek();
  const isMatch = operator === "=" || operator === "!=" || operator === "=~" || operator === "!~";
  if (isMatch && value.kind === "string") {
    reader.next();
    return { type: "match", matcher: { name, operator, value: value.value, position }, position };
  }
  if (operator === "=~" || operator === "!~") return reader.unexpected("STRING");
  if ((operator === "=" || operator === "!=") && reader.isNext("ip")) {
    return { type: "ip", name, operator, pattern: parseIp(reader), position };
  }
  const comparison = operator === "=" ? "==" : operator;
  return { type: "compare", name, operator: comparison, value: parseQuantity(reader, comparison), position };
}

/** Parses `ip("…")`. */
export function parseIp(reader: Reader): string {
  reader.want("ip");
  reader.want("(");
  const pattern = reader.wantString();
  reader.want(")");
  return pattern;
}

function parseQuantity(reader: Reader, operator: ComparisonOperator): Quantity {
  const token = reader.peek();
  if (token.kind === "duration" || token.kind === "bytes") {
    reader.next();
    const value = token.kind === "duration" ? token.ns : token.bytes;
    return { kind: token.kind, value, text: token.text };
  }
  const isSigned = (reader.isNext("-") || reader.isNext("+")) && reader.peek(1).kind === "number";
  if (token.kind !== "number" && !isSigned) {
    return reader.unexpected(...(operator === "!=" ? ["STRING"] : []), "BYTES", "NUMBER", "DURATION");
  }
  const value = parseNumber(reader);
  return { kind: "number", value, text: reader.source.slice(token.position, endOf(reader)) };
}

/** Where the token before the next one ends. */
function endOf(reader: Reader): number {
  const token = reader.peek(-1);
  return token.position + token.text.length;
}

/** Parses a number with an optional sign. */
export function parseNumber(reader: Reader): number {
  const isNegative = reader.isNext("-");
  if (isNegative || reader.isNext("+")) reader.next();
  const token = reader.peek();
  if (token.kind !== "number") return reader.unexpected("NUMBER");
  const value = parseGoFloat(token.text);
  if (value === undefined) {
    return reader.fail(token.position, `unable to parse literal as a float: ${floatProblem(token.text)}`);
  }
  reader.next();
  return isNegative ? -value : value;
}
