import { AppError } from "@sightline/errors/app-error";
import type { MetricExpression } from "@sightline/query/logql/ast";
import { format as formatLogql } from "@sightline/query/logql/format";
import { parseLogql } from "@sightline/query/logql/logql";
import * as promql from "@sightline/query/promql/ast";
import { readQuery } from "@sightline/query/promql/engine";
import { format as formatPromql } from "@sightline/query/promql/format";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import type { MapReader } from "../yaml/map-reader.ts";
import { type Expression, QUERY_LANGUAGES } from "./source.ts";

/** What is wrong with an expression, in the words of its language, with the place in it; undefined when nothing is. */
export function expressionProblem({ language, text }: Expression): string | undefined {
  try {
    if (language === "promql") readQuery(text);
    else if (language === "logql" && parseLogql(text).type === "log")
      return "got a query of lines, want one of numbers";
    else if (language === "traceql" && !asksForNumbers(text)) return "got a query of traces, want one of numbers";
    return undefined;
  } catch (thrown) {
    return AppError.from(thrown).message;
  }
}

function asksForNumbers(text: string): boolean {
  return parseTraceQl(text).query.type === "metrics";
}

/** Reads the one of `expr`, `logql` and `traceql` that is there. */
export function readExpression(reader: MapReader): Expression | undefined {
  const given = QUERY_LANGUAGES.flatMap((language) => {
    const key = fieldOf(language);
    const text = reader.text(key);
    return text === undefined ? [] : [{ key, language, text }];
  });
  const [first, second] = given;
  if (first === undefined) {
    reader.refuse("expr", "got no expression, want one of expr, logql, traceql");
    return undefined;
  }
  if (second !== undefined) reader.refuse(second.key, `got ${first.key} and ${second.key}, want only one of them`);
  const expression = { language: first.language, text: first.text };
  const problem = expressionProblem(expression);
  if (problem !== undefined) reader.refuse(first.key, `could not parse expression: ${problem}`);
  return expression;
}

/** The fields of an expression as `readExpression` reads them. */
export function formatExpression({ language, text }: Expression): Readonly<Record<string, string>> {
  return { [fieldOf(language)]: text };
}

function fieldOf(language: Expression["language"]): string {
  return language === "promql" ? "expr" : language;
}

/**
 * What there have to be data of: the expression without the comparisons around it, which leave series out that are there. Of `a > 5 and b < 3`
 * that is `a`. An expression that cannot be read stands for itself.
 */
export function presenceOf(expression: Expression): Expression {
  const { language, text } = expression;
  if (language === "promql") return { language, text: formatPromql(promqlPresence(readQuery(text).expression)) };
  if (language !== "logql") return expression;
  const parsed = parseLogql(text);
  return parsed.type === "log" ? expression : { language, text: formatLogql(logqlPresence(parsed)) };
}

function promqlPresence(expression: promql.Expression): promql.Expression {
  const inner = promql.unwrap(expression);
  if (inner.kind !== "binary" || inner.returnBool) return inner;
  if (promql.isComparison(inner.operator)) {
    return promqlPresence(promql.unwrap(inner.left).kind === "number" ? inner.right : inner.left);
  }
  if (inner.operator === "and" || inner.operator === "unless") return promqlPresence(inner.left);
  if (inner.operator !== "or") return inner;
  return { ...inner, left: promqlPresence(inner.left), right: promqlPresence(inner.right) };
}

function logqlPresence(expression: MetricExpression): MetricExpression {
  if (expression.type !== "binary" || expression.returnBool) return expression;
  const { operator, left, right } = expression;
  if (/^(?:[<>]=?|[!=]=)$/.test(operator)) return logqlPresence(left.type === "number" ? right : left);
  if (operator === "and" || operator === "unless") return logqlPresence(left);
  return operator === "or" ? { ...expression, left: logqlPresence(left), right: logqlPresence(right) } : expression;
}
