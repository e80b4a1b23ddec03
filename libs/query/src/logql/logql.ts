import type { Expression } from "./ast.ts";
import { check } from "./check.ts";
import { parse } from "./parser.ts";

/**
 * Parses and checks a LogQL query. Throws invalid_argument in Loki's form: "parse error at line 1, col 5: syntax error: unexpected
 * IDENTIFIER, expecting STRING".
 */
export function parseLogql(source: string): Expression {
  const expression = parse(source);
  check(expression, source);
  return expression;
}
