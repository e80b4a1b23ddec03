import type { FieldExpression, FieldReference, Static } from "./ast.ts";
import { bareIntrinsic, KINDS, STATUSES } from "./intrinsic.ts";
import type { Token } from "./lexer.ts";
import { ARITHMETIC, BINDING, bindingOf, COMPARISONS, type FieldOperator, LOGICAL, MATCHES } from "./operators.ts";
import type { TokenStream } from "./token-stream.ts";

const operators: readonly FieldOperator[] = [...LOGICAL, ...COMPARISONS, ...MATCHES, ...ARITHMETIC];

/**
 * What stands between `{` and `}`:
 *
 *     expression = unary { operator unary }     by BINDING; `^` from the right, all else from the left
 *     unary      = ( "-" | "!" ) expression     which takes what binds like `*` or more: -a * b is -(a * b), !a = b is (!a) = b
 *                | "(" expression ")" | static | field | "cidr" "(" expression { "," string } ")"
 *     nil only beside = and !=
 *
 * Throws invalid_argument that names line and column.
 */
export function parseFieldExpression(tokens: TokenStream): FieldExpression {
  return parseBinary(tokens, BINDING.logical);
}

function parseBinary(tokens: TokenStream, least: number): FieldExpression {
  let left = tokens.isNext("nil") ? parseNil(tokens) : parseUnary(tokens);
  for (;;) {
    const { text, position } = tokens.peek();
    const operator = operators.find((candidate) => candidate === text);
    const binding = operator === undefined ? undefined : bindingOf(operator);
    if (operator === undefined || binding === undefined || binding < least || !tokens.take(text)) return left;
    if ((operator === "=" || operator === "!=") && tokens.take("nil")) {
      left = tokens.made({ type: "exists", negated: operator === "=", operand: left, position });
      continue;
    }
    const right = tokens.nested(() => parseBinary(tokens, operator === "^" ? binding : binding + 1));
    left = tokens.made({ type: "binary", operator, left, right, position });
  }
}

/** `nil = a` and `nil != a`; nil beside nil is false, as Tempo has it. */
function parseNil(tokens: TokenStream): FieldExpression {
  tokens.want("nil");
  const { position } = tokens.peek();
  const negated = tokens.isNext("=");
  if (!tokens.take("=") && !tokens.take("!=")) throw tokens.unexpected("= or != after nil");
  if (tokens.take("nil")) return tokens.made({ type: "static", value: { type: "boolean", value: false }, position });
  const operand = tokens.nested(() => parseBinary(tokens, BINDING.sum));
  return tokens.made({ type: "exists", negated, operand, position });
}

function parseUnary(tokens: TokenStream): FieldExpression {
  const { position } = tokens.peek();
  if (tokens.take("(")) {
    const inside = tokens.nested(() => parseFieldExpression(tokens));
    tokens.want(")", "an operator or )");
    return inside;
  }
  for (const operator of ["-", "!"] as const) {
    if (!tokens.take(operator)) continue;
    const operand = tokens.nested(() => parseBinary(tokens, BINDING.product));
    return tokens.made({ type: "unary", operator, operand, position });
  }
  if (tokens.isNext("cidr")) return parseCidr(tokens);
  const value = takeStatic(tokens);
  if (value !== undefined) return tokens.made({ type: "static", value, position });
  const field = takeField(tokens);
  if (field !== undefined) return field;
  throw tokens.unexpected(
    "a value, an intrinsic, or an attribute such as span.http.method, resource.service.name or .foo",
  );
}

function parseCidr(tokens: TokenStream): FieldExpression {
  const position = tokens.want("cidr");
  tokens.want("(");
  const operand = tokens.nested(() => parseFieldExpression(tokens));
  const prefixes: string[] = [];
  tokens.want(",", ", and a network");
  do {
    const prefix = tokens.peek();
    if (prefix.kind !== "string") throw tokens.unexpected("a network such as `10.0.0.0/8`");
    tokens.next();
    prefixes.push(prefix.value);
  } while (tokens.take(","));
  tokens.want(")", ", or )");
  return tokens.made({ type: "cidr", operand, prefixes, position });
}

const words: ReadonlyMap<string, Static> = new Map<string, Static>([
  ["true", { type: "boolean", value: true }],
  ["false", { type: "boolean", value: false }],
  ["minInt", { type: "int", value: -(1n << 63n) }],
  ["maxInt", { type: "int", value: (1n << 63n) - 1n }],
  ...STATUSES.map((value) => [value, { type: "status", value }] as const),
  ...KINDS.map((value) => [value, { type: "kind", value }] as const),
]);

/** The value that comes next, if one does. */
export function takeStatic(tokens: TokenStream): Static | undefined {
  const value = staticOf(tokens.peek());
  if (value !== undefined) tokens.next();
  return value;
}

function staticOf(token: Token): Static | undefined {
  switch (token.kind) {
    case "string":
      return { type: "string", value: token.value };
    case "int":
    case "duration":
      return { type: token.kind, value: token.value };
    case "float":
      return { type: "float", value: token.value };
    case "word":
      return words.get(token.text);
    default:
      return undefined;
  }
}

/** The attribute or intrinsic that comes next, if one does. */
export function takeField(tokens: TokenStream): FieldReference | undefined {
  const field = fieldOf(tokens.peek());
  if (field === undefined) return undefined;
  tokens.next();
  return tokens.made(field);
}

function fieldOf(token: Token): FieldReference | undefined {
  const { position } = token;
  if (token.kind === "attribute") {
    return { type: "attribute", scope: token.scope, ofParent: token.ofParent, name: token.name, position };
  }
  const intrinsic = token.kind === "intrinsic" ? token.intrinsic : wordIntrinsic(token);
  return intrinsic === undefined ? undefined : { type: "intrinsic", intrinsic, position };
}

function wordIntrinsic(token: Token) {
  return token.kind === "word" ? bareIntrinsic(token.text) : undefined;
}

/** Attributes and intrinsics with commas between, in parentheses. Throws invalid_argument. */
export function parseFieldList(tokens: TokenStream): FieldReference[] {
  tokens.want("(");
  const fields = [wantField(tokens)];
  while (tokens.take(",")) fields.push(wantField(tokens));
  tokens.want(")", ", or )");
  return fields;
}

/** The attribute or intrinsic that has to come next. Throws invalid_argument. */
export function wantField(tokens: TokenStream): FieldReference {
  const field = takeField(tokens);
  if (field === undefined) throw tokens.unexpected("an attribute or an intrinsic");
  return field;
}
