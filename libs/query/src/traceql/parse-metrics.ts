import {
  FIELD_METRICS,
  type FieldReference,
  type MetricsFunction,
  type SecondStage,
  type SpansetFilter,
  type Static,
} from "./ast.ts";
import { COMPARISONS } from "./operators.ts";
import { parseFieldList, wantField } from "./parse-field.ts";
import type { TokenStream } from "./token-stream.ts";

/** How many values of an attribute compare() shows when it is not told. */
const DEFAULT_TOP = 10;

/** The metrics function that comes next, if one does, with its `by (…)`. Throws invalid_argument. */
export function takeMetricsFunction(
  tokens: TokenStream,
  parseFilter: (tokens: TokenStream) => SpansetFilter,
): MetricsFunction | undefined {
  const { position } = tokens.peek();
  for (const name of ["rate", "count_over_time"] as const) {
    if (!tokens.take(name)) continue;
    tokens.want("(");
    tokens.want(")");
    return { function: name, by: takeBy(tokens), position };
  }
  for (const name of FIELD_METRICS) {
    if (!tokens.take(name)) continue;
    tokens.want("(");
    const field = wantField(tokens);
    tokens.want(")");
    return { function: name, field, by: takeBy(tokens), position };
  }
  if (tokens.take("quantile_over_time")) return parseQuantiles(tokens, position);
  if (tokens.take("compare")) return parseCompare(tokens, position, parseFilter);
  return undefined;
}

function parseQuantiles(tokens: TokenStream, position: number): MetricsFunction {
  tokens.want("(");
  const field = wantField(tokens);
  const quantiles: number[] = [];
  tokens.want(",", ", and a quantile");
  do {
    const quantile = tokens.next();
    if (quantile.kind !== "int" && quantile.kind !== "float") {
      throw tokens.problem(quantile.position, `got ${quantile.text}, want a quantile between 0 and 1`);
    }
    quantiles.push(Number(quantile.value));
  } while (tokens.take(","));
  tokens.want(")", ", or )");
  return { function: "quantile_over_time", field, quantiles, by: takeBy(tokens), position };
}

function parseCompare(
  tokens: TokenStream,
  position: number,
  parseFilter: (tokens: TokenStream) => SpansetFilter,
): MetricsFunction {
  tokens.want("(");
  const filter = parseFilter(tokens);
  const top = tokens.take(",") ? wantInteger(tokens, "how many values to show") : BigInt(DEFAULT_TOP);
  let [startUnixNano, endUnixNano] = [0n, 0n];
  if (tokens.take(",")) {
    startUnixNano = wantInteger(tokens, "the selection's start in nanoseconds");
    tokens.want(",", ", and the selection's end");
    endUnixNano = wantInteger(tokens, "the selection's end in nanoseconds");
  }
  tokens.want(")", ", or )");
  return { function: "compare", filter, top: Number(top), startUnixNano, endUnixNano, position };
}

function takeBy(tokens: TokenStream): FieldReference[] {
  return tokens.take("by") ? parseFieldList(tokens) : [];
}

function wantInteger(tokens: TokenStream, wanted: string): bigint {
  const token = tokens.peek();
  if (token.kind !== "int") throw tokens.unexpected(wanted);
  tokens.next();
  return token.value;
}

/** What is done to the time series: `| topk(n)`, `| bottomk(n)`, `> 5`, one after the other. Throws invalid_argument. */
export function parseSecondStages(tokens: TokenStream): SecondStage[] {
  const stages: SecondStage[] = [];
  for (;;) {
    const stage = tokens.take("|") ? parseRanking(tokens) : takeComparison(tokens);
    if (stage === undefined) return stages;
    stages.push(tokens.made(stage));
  }
}

function parseRanking(tokens: TokenStream): SecondStage {
  const { position } = tokens.peek();
  for (const type of ["topk", "bottomk"] as const) {
    if (!tokens.take(type)) continue;
    tokens.want("(");
    const limit = Number(wantInteger(tokens, "how many series"));
    tokens.want(")");
    return { type, limit, position };
  }
  throw tokens.unexpected("topk or bottomk");
}

function takeComparison(tokens: TokenStream): SecondStage | undefined {
  const { position } = tokens.peek();
  const operator = COMPARISONS.find((candidate) => tokens.take(candidate));
  if (operator === undefined) return undefined;
  const value = takeNumber(tokens);
  if (value === undefined) throw tokens.unexpected("a number or a duration");
  return { type: "comparison", operator, value: metricValue(value), position };
}

/** The number that comes next, with its sign. */
export function takeNumber(tokens: TokenStream): Extract<Static, { type: "int" | "float" | "duration" }> | undefined {
  const isNegative = tokens.take("-");
  const token = tokens.peek();
  if (token.kind === "int" || token.kind === "duration") {
    tokens.next();
    return { type: token.kind, value: isNegative ? -token.value : token.value };
  }
  if (token.kind === "float") {
    tokens.next();
    return { type: "float", value: isNegative ? -token.value : token.value };
  }
  if (isNegative) throw tokens.unexpected("a number or a duration");
  return undefined;
}

const NANOS_PER_SECOND = 1e9;

/** A number as metrics have them, in which durations are seconds. */
export function metricValue({ type, value }: Extract<Static, { type: "int" | "float" | "duration" }>): number {
  return type === "duration" ? Number(value) / NANOS_PER_SECOND : Number(value);
}
