import { AppError } from "@sightline/errors/app-error";
import { isComparison, type MetricExpression } from "@sightline/query/logql/ast";
import { format as formatLogql } from "@sightline/query/logql/format";
import { parseLogql } from "@sightline/query/logql/logql";
import * as promql from "@sightline/query/promql/ast";
import { typeOf } from "@sightline/query/promql/check";
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

/** What there have to be data of for an expression to say anything. */
export interface Presence {
  readonly expression: Expression;
  /** Whether its series have the labels of those of the expression, but for the name. */
  readonly keepsLabels: boolean;
}

/** The expression without the comparisons around it, which leave series out that are there: of `a > 5 and b < 3` that is `a`. */
export function presenceOf(expression: Expression): Presence {
  const { language, text } = expression;
  if (language === "promql") {
    const found = promqlPresence(readQuery(text).expression);
    return { expression: { language, text: formatPromql(found.inner) }, keepsLabels: found.keepsLabels };
  }
  const parsed = language === "logql" ? parseLogql(text) : undefined;
  if (parsed === undefined || parsed.type === "log") return { expression, keepsLabels: true };
  const found = logqlPresence(parsed);
  return { expression: { language, text: formatLogql(found.inner) }, keepsLabels: found.keepsLabels };
}

interface Found<Inner> {
  readonly inner: Inner;
  readonly keepsLabels: boolean;
}

function promqlPresence(expression: promql.Expression): Found<promql.Expression> {
  const inner = promql.unwrap(expression);
  if (inner.kind !== "binary" || inner.returnBool) return { inner, keepsLabels: true };
  const { operator, left, right } = inner;
  if (promql.isComparison(operator)) {
    if (typeOf(left) === "scalar") return promqlPresence(right);
    const found = promqlPresence(left);
    return typeOf(right) === "scalar" ? found : { ...found, keepsLabels: false };
  }
  if (operator === "and" || operator === "unless") return promqlPresence(left);
  if (operator !== "or") return { inner, keepsLabels: true };
  const [one, other] = [promqlPresence(left), promqlPresence(right)];
  return {
    inner: { ...inner, left: one.inner, right: other.inner },
    keepsLabels: one.keepsLabels && other.keepsLabels,
  };
}

function logqlPresence(expression: MetricExpression): Found<MetricExpression> {
  if (expression.type !== "binary" || expression.returnBool) return { inner: expression, keepsLabels: true };
  const { operator, left, right } = expression;
  if (isComparison(operator)) {
    if (left.type === "number") return logqlPresence(right);
    const found = logqlPresence(left);
    return right.type === "number" ? found : { ...found, keepsLabels: false };
  }
  if (operator === "and" || operator === "unless") return logqlPresence(left);
  if (operator !== "or") return { inner: expression, keepsLabels: true };
  const [one, other] = [logqlPresence(left), logqlPresence(right)];
  return {
    inner: { ...expression, left: one.inner, right: other.inner },
    keepsLabels: one.keepsLabels && other.keepsLabels,
  };
}
