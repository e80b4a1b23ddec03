import { invalid } from "@sightline/errors/app-error";
import type { Expression, LabelMatcher, LogExpression } from "./ast.ts";
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

/** Parses and checks a query that has to be one of lines. Throws as `parseLogql` does. */
export function parseLogQuery(source: string): LogExpression {
  const expression = parseLogql(source);
  if (expression.type !== "log") throw invalid("only log selector is supported");
  return expression;
}

/** Parses and checks a stream selector that stands alone, as in `match[]`. Throws as `parseLogql` does. */
export function parseSelector(source: string): readonly LabelMatcher[] {
  const { matchers, stages } = parseLogQuery(source);
  if (stages.length > 0) throw invalid("only label matchers is supported");
  return matchers;
}
