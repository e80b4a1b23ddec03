import type { FieldExpression, Hint, MetricsExpression, PipelineElement, Query, SpansetFilter } from "./ast.ts";
import { combine, isMetrics, isScalar, type Part } from "./combine.ts";
import { BINDING, bindingOf } from "./operators.ts";
import { parseFieldExpression, parseFieldList, takeStatic } from "./parse-field.ts";
import { parseSecondStages, takeMetricsFunction, takeNumber } from "./parse-metrics.ts";
import { type TokenStream, tokensOf } from "./token-stream.ts";

/**
 * Parses a query:
 *
 *     query      = pipeline [ stages ] { "with" "(" name "=" static { "," name "=" static } ")" }
 *     pipeline   = element { "|" element } [ "|" metrics function stages ]
 *     element    = part | "by" "(" expression ")" | "select" "(" field { "," field } ")" | "coalesce" "(" ")"
 *     part       = primary { operator primary }      by BINDING, from the left; `^` from the right
 *     primary    = "{" [ expression ] "}" | "(" pipeline ")" | number | "count" "(" ")"
 *                | ( "min" | "max" | "avg" | "sum" ) "(" expression ")"
 *     stages     = { "|" ( "topk" | "bottomk" ) "(" n ")" | comparison number }
 *
 * where operators stand between spansets (`&&`, `||` and relations), between numbers of spansets (arithmetic, and a comparison
 * that makes a filter), or between metrics in parentheses. Throws invalid_argument that names line and column. What
 * types fit together, check() says.
 */
export function parse(source: string): Query {
  const tokens = tokensOf(source);
  const part = parsePipeline(tokens);
  const query = toQuery(tokens, part);
  if (tokens.peek().kind !== "end") throw tokens.unexpected("|, an operator, with or the end");
  return query;
}

function toQuery(tokens: TokenStream, part: Part | readonly PipelineElement[]): Query {
  if (!isElements(part)) {
    const metrics = isMetrics(part) ? withStages(tokens, part) : undefined;
    if (metrics === undefined || metrics.type === "metrics-number") throw wantComparison(tokens, part.position);
    return { type: "metrics", metrics, hints: parseHints(tokens) };
  }
  return { type: "search", elements: part, hints: parseHints(tokens) };
}

function withStages(tokens: TokenStream, metrics: MetricsExpression): MetricsExpression {
  const stages = parseSecondStages(tokens);
  if (stages.length === 0 || metrics.type === "metrics-number") return metrics;
  return { ...metrics, stages: [...metrics.stages, ...stages] };
}

function wantComparison(tokens: TokenStream, position: number) {
  return tokens.problem(position, "got a number by itself, want a comparison such as count() > 1");
}

function isElements(part: Part | readonly PipelineElement[]): part is readonly PipelineElement[] {
  return Array.isArray(part);
}

/** The elements of a pipeline, or what it makes at its end: a number for each trace, or time series. */
function parsePipeline(tokens: TokenStream): Part | readonly PipelineElement[] {
  const elements: PipelineElement[] = [];
  do {
    const { position } = tokens.peek();
    const metrics = elements.length === 0 ? undefined : takeMetricsFunction(tokens, parseFilter);
    if (metrics !== undefined) {
      const stages = parseSecondStages(tokens);
      return tokens.made<MetricsExpression>({ type: "metrics", elements, metrics, stages, position });
    }
    const part = parseElement(tokens, elements.length === 0);
    if (isMetrics(part)) {
      if (elements.length > 0) throw tokens.problem(position, "got metrics in a pipeline, want spans");
      return part;
    }
    if (isScalar(part)) {
      if (tokens.isNext("|")) throw wantComparison(tokens, part.position);
      return elements.length === 0 ? part : { type: "scalar-pipeline", elements, scalar: part, position };
    }
    elements.push(part);
  } while (tokens.take("|"));
  return elements;
}

function parseElement(tokens: TokenStream, isFirst: boolean): PipelineElement | Part {
  const { position } = tokens.peek();
  if (tokens.take("by")) return tokens.made({ type: "by", expression: parseArgument(tokens), position });
  if (tokens.take("select")) return tokens.made({ type: "select", fields: parseFieldList(tokens), position });
  if (!isFirst && tokens.take("coalesce")) {
    tokens.want("(");
    tokens.want(")");
    return tokens.made({ type: "coalesce", position });
  }
  return parsePart(tokens, BINDING.logical);
}

function parsePart(tokens: TokenStream, least: number): Part {
  let left = parsePrimary(tokens);
  for (;;) {
    const { kind, text, position } = tokens.peek();
    const binding = kind === "symbol" ? bindingOf(text) : undefined;
    if (binding === undefined || binding < least) return left;
    tokens.next();
    const right = tokens.nested(() => parsePart(tokens, text === "^" ? binding : binding + 1));
    left = tokens.made(combine(tokens.problem, { operator: text, left, right, position }));
  }
}

function parsePrimary(tokens: TokenStream): Part {
  if (tokens.isNext("{")) return parseFilter(tokens);
  const { position } = tokens.peek();
  if (tokens.take("(")) {
    const inside = tokens.nested(() => parsePipeline(tokens));
    tokens.want(")", "|, an operator or )");
    return isElements(inside) ? inParentheses(inside, position) : inside;
  }
  if (tokens.take("count")) {
    tokens.want("(");
    tokens.want(")");
    return tokens.made({ type: "aggregate", function: "count", position });
  }
  for (const name of ["min", "max", "avg", "sum"] as const) {
    if (!tokens.take(name)) continue;
    return tokens.made({ type: "aggregate", function: name, expression: parseArgument(tokens), position });
  }
  const value = takeNumber(tokens);
  if (value === undefined) throw tokens.unexpected("spans in { }, ( or a function of a pipeline");
  return tokens.made({ type: "number", value, position });
}

/** Parentheses around one expression of spans only group; around anything else they are a pipeline of its own. */
function inParentheses(elements: readonly PipelineElement[], position: number): Part {
  const [only] = elements;
  const isGroup = elements.length === 1 && (only?.type === "filter" || only?.type === "operation");
  return isGroup ? only : { type: "pipeline", elements, position };
}

function parseArgument(tokens: TokenStream): FieldExpression {
  tokens.want("(");
  const expression = tokens.nested(() => parseFieldExpression(tokens));
  tokens.want(")", "an operator or )");
  return expression;
}

function parseFilter(tokens: TokenStream): SpansetFilter {
  const position = tokens.want("{");
  if (tokens.take("}")) {
    const expression = tokens.made({ type: "static", value: { type: "boolean", value: true }, position } as const);
    return { type: "filter", expression, position };
  }
  const expression = tokens.nested(() => parseFieldExpression(tokens));
  tokens.want("}", "an operator or }");
  return tokens.made({ type: "filter", expression, position });
}

function parseHints(tokens: TokenStream): Hint[] {
  const hints: Hint[] = [];
  while (tokens.take("with")) {
    tokens.want("(");
    do hints.push(parseHint(tokens));
    while (tokens.take(","));
    tokens.want(")", ", or )");
  }
  return hints;
}

function parseHint(tokens: TokenStream): Hint {
  const { kind, text } = tokens.peek();
  if (kind !== "word") throw tokens.unexpected("the name of a hint");
  tokens.next();
  tokens.want("=");
  const value = takeStatic(tokens);
  if (value === undefined) throw tokens.unexpected("the hint's value");
  return { name: text, value };
}

/** Parses what stands between `{` and `}` by itself, without check(). Throws invalid_argument. */
export function parseFields(source: string): FieldExpression {
  const tokens = tokensOf(source);
  const expression = parseFieldExpression(tokens);
  if (tokens.peek().kind !== "end") throw tokens.unexpected("an operator or the end");
  return expression;
}
