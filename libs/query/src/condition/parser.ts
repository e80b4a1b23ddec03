import {
  type ArithmeticOperator,
  COMPARISONS,
  CONDITION_LIMITS,
  type ComparisonOperator,
  type Expression,
} from "./expression.ts";
import { lex, type Token } from "./lexer.ts";
import { problemAt } from "./problem.ts";

/** The words that are not names. */
const keywords: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is"]);

const constants: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ["True", true],
  ["true", true],
  ["False", false],
  ["false", false],
  ["None", null],
  ["null", null],
]);

interface Reader {
  peek(): Token;
  next(): Token;
  /** Takes the word or sign when it comes next. */
  take(text: string): boolean;
  /** Takes the sign or fails. */
  want(text: string, wanted: string): void;
  /** Goes one level deeper for as long as `read` runs. */
  nested(read: () => Expression): Expression;
  /** Counts the expression. */
  made(expression: Expression): Expression;
}

/**
 * Parses a condition; its grammar is that of Python's expressions as far as conditions need them:
 *
 *     or         = and { "or" and }
 *     and        = not { "and" not }
 *     not        = "not" not | comparison
 *     comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] "in" ) sum | "is" ["not"] "None" ]
 *     sum        = product { ( "+" | "-" ) product }
 *     product    = unary { ( "*" | "/" | "%" ) unary }
 *     unary      = "-" unary | postfix
 *     postfix    = primary { "." name [ "(" [ or { "," or } ] ")" ] | "[" or "]" }
 *     primary    = number | text | constant | name | "(" or ")" | "(" or "," [ or { "," or } ] ")" | "[" [ or { "," or } ] "]"
 *
 * Throws invalid_argument that says at which character what stood and what was wanted.
 */
export function parse(source: string): Expression {
  const reader = createReader(lex(source));
  const expression = parseOr(reader);
  if (reader.peek().kind !== "end") throw unexpected(reader.peek(), "and, or, an operator or the end");
  return expression;
}

function createReader(tokens: readonly Token[]): Reader {
  let at = 0;
  let depth = 0;
  let nodes = 0;
  const end: Token = { kind: "end", text: "", position: 0 };
  const peek = () => tokens[at] ?? end;
  const isNext = (text: string) => (peek().kind === "symbol" || peek().kind === "name") && peek().text === text;
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const take = (text: string) => isNext(text) && next() !== undefined;
  return {
    peek,
    next,
    take,
    want(text, wanted) {
      if (!take(text)) throw unexpected(peek(), wanted);
    },
    nested(read) {
      if (++depth > CONDITION_LIMITS.depth) {
        throw problemAt(peek().position, `got nesting deeper than ${CONDITION_LIMITS.depth}, want less`);
      }
      const expression = read();
      depth--;
      return expression;
    },
    made(expression) {
      if (++nodes > CONDITION_LIMITS.nodes) {
        throw problemAt(
          expression.position,
          `got more than ${CONDITION_LIMITS.nodes} values and operators, want fewer`,
        );
      }
      return expression;
    },
  };
}

function parseOr(reader: Reader): Expression {
  return parseJoined(reader, "or", () => parseJoined(reader, "and", () => parseNot(reader)));
}

function parseJoined(reader: Reader, type: "and" | "or", parseOperand: () => Expression): Expression {
  const first = parseOperand();
  const operands = [first];
  while (reader.take(type)) operands.push(parseOperand());
  return operands.length === 1 ? first : reader.made({ type, operands, position: first.position });
}

function parseNot(reader: Reader): Expression {
  const { position } = reader.peek();
  if (!reader.take("not")) return parseComparison(reader);
  return reader.made({ type: "not", operand: reader.nested(() => parseNot(reader)), position });
}

function parseComparison(reader: Reader): Expression {
  const left = parseSum(reader);
  const { position } = reader.peek();
  if (reader.take("is")) return parseIs(reader, left, position);
  const operator = takeComparison(reader);
  if (operator === undefined) return left;
  const comparison = reader.made({ type: "compare", operator, left, right: parseSum(reader), position });
  const after = reader.peek();
  if (takeComparison(reader) !== undefined) throw unexpected(after, "and: comparisons do not chain");
  return comparison;
}

/** `is None` and `is not None`, as Python writes what is `== None` and `!= None` here. */
function parseIs(reader: Reader, left: Expression, position: number): Expression {
  const operator = reader.take("not") ? "!=" : "==";
  const token = reader.peek();
  if (!reader.take("None")) throw unexpected(token, "None after is; use == for other values");
  const right = reader.made({ type: "literal", value: null, position: token.position });
  return reader.made({ type: "compare", operator, left, right, position });
}

function takeComparison(reader: Reader): ComparisonOperator | undefined {
  if (reader.take("not")) {
    reader.want("in", "in after not");
    return "not in";
  }
  return COMPARISONS.find((operator) => reader.take(operator));
}

function parseSum(reader: Reader): Expression {
  return parseArithmetic(reader, ["+", "-"], () => parseArithmetic(reader, ["*", "/", "%"], () => parseUnary(reader)));
}

function parseArithmetic(
  reader: Reader,
  operators: readonly ArithmeticOperator[],
  parseOperand: () => Expression,
): Expression {
  let left = parseOperand();
  for (;;) {
    const { position } = reader.peek();
    const operator = operators.find((candidate) => reader.take(candidate));
    if (operator === undefined) return left;
    left = reader.made({ type: "arithmetic", operator, left, right: parseOperand(), position });
  }
}

function parseUnary(reader: Reader): Expression {
  const { position } = reader.peek();
  if (!reader.take("-")) return parsePostfix(reader);
  return reader.made({ type: "negate", operand: reader.nested(() => parseUnary(reader)), position });
}

function parsePostfix(reader: Reader): Expression {
  let of = parsePrimary(reader);
  for (;;) {
    const { position } = reader.peek();
    if (reader.take(".")) {
      const name = reader.next();
      if (name.kind !== "name") throw unexpected(name, "a name after the point");
      of = reader.take("(")
        ? reader.made({ type: "call", of, method: name.text, arguments: parseItems(reader, ")"), position })
        : reader.made({ type: "member", of, key: literal(reader, name.text, name.position), position });
    } else if (reader.take("[")) {
      const key = reader.nested(() => parseOr(reader));
      reader.want("]", "]");
      of = reader.made({ type: "member", of, key, position });
    } else return of;
  }
}

function parsePrimary(reader: Reader): Expression {
  const token = reader.peek();
  const { position } = token;
  if (token.kind === "number" || token.kind === "string") {
    reader.next();
    return literal(reader, token.value, position);
  }
  if (token.kind === "name" && !keywords.has(token.text)) {
    reader.next();
    const constant = constants.get(token.text);
    if (constant !== undefined) return literal(reader, constant, position);
    return reader.made({ type: "field", name: token.text, position });
  }
  if (reader.take("(")) return parseParenthesis(reader, position);
  if (reader.take("[")) return reader.made({ type: "list", items: parseItems(reader, "]"), position });
  throw unexpected(token, "a name, a number, a text, ( or [");
}

/** What follows an opening parenthesis: one expression, or with a comma the items of a tuple. */
function parseParenthesis(reader: Reader, position: number): Expression {
  const first = reader.nested(() => parseOr(reader));
  if (reader.take(")")) return first;
  reader.want(",", ") or ,");
  return reader.made({ type: "list", items: [first, ...parseItems(reader, ")")], position });
}

/** Expressions with commas between, one more comma allowed at the end, up to and with the closing sign. */
function parseItems(reader: Reader, closing: string): Expression[] {
  const items: Expression[] = [];
  while (!reader.take(closing)) {
    items.push(reader.nested(() => parseOr(reader)));
    if (reader.take(",")) continue;
    reader.want(closing, `, or ${closing}`);
    return items;
  }
  return items;
}

function literal(reader: Reader, value: string | number | boolean | null, position: number): Expression {
  return reader.made({ type: "literal", value, position });
}

function unexpected(token: Token, wanted: string) {
  return problemAt(token.position, `got ${token.kind === "end" ? "the end" : token.text}, want ${wanted}`);
}
