import { parseGoFloat } from "@sightline/gotext/parse-float";
import type { BinaryOperator, Expression, Grouping, MetricExpression, VectorMatching } from "./ast.ts";
import { parseNumber } from "./parse-label-filter.ts";
import { parseLog, parseLogRange } from "./parse-log.ts";
import { createReader, parseList, type Reader } from "./reader.ts";
import { RANGE_OPERATIONS, type RangeOperation, VECTOR_OPERATIONS, type VectorOperation } from "./token.ts";

const precedence: ReadonlyMap<string, number> = new Map([
  ["or", 1],
  ["and", 2],
  ["unless", 2],
  ["==", 3],
  ["!=", 3],
  ["<", 3],
  ["<=", 3],
  [">", 3],
  [">=", 3],
  ["+", 4],
  ["-", 4],
  ["*", 5],
  ["/", 5],
  ["%", 5],
  ["^", 6],
]);

/** How tightly an operator binds; `^` binds from the right. */
export function precedenceOf(operator: BinaryOperator): number {
  return precedence.get(operator) ?? 0;
}

/** Parses a LogQL query without judging what it means. Throws invalid_argument in Loki's form, with line and column. */
export function parse(source: string): Expression {
  const reader = createReader(source);
  const expression = parseBinary(reader, 1);
  if (reader.peek().kind !== "end") return reader.unexpected();
  return expression;
}

function isOperator(text: string): text is BinaryOperator {
  return precedence.has(text);
}

function parseBinary(reader: Reader, least: number): Expression {
  return reader.nested(() => {
    let left = parseOperand(reader);
    for (;;) {
      const { kind, text: operator, position } = reader.peek();
      const isSign = kind === "symbol" || kind === "keyword";
      if (!isSign || !isOperator(operator) || precedenceOf(operator) < least) return left;
      reader.next();
      reader.joined();
      const { returnBool, matching } = parseModifiers(reader);
      const right = parseBinary(reader, operator === "^" ? precedenceOf(operator) : precedenceOf(operator) + 1);
      const leg = (expression: Expression, side: string): MetricExpression => {
        if (expression.type !== "log") return expression;
        return reader.fail(
          expression.position,
          `unexpected type for ${side} leg of binary operation (${operator}): log query, expecting a metric query`,
        );
      };
      left = {
        type: "binary",
        operator,
        left: leg(left, "left"),
        right: leg(right, "right"),
        returnBool,
        matching,
        position,
      };
    }
  });
}

function parseModifiers(reader: Reader): { returnBool: boolean; matching: VectorMatching | null } {
  const returnBool = reader.take("bool");
  const on = reader.take("on");
  if (!on && !reader.take("ignoring")) return { returnBool, matching: null };
  const labels = parseLabels(reader);
  for (const [word, cardinality] of [
    ["group_left", "many-to-one"],
    ["group_right", "one-to-many"],
  ] as const) {
    if (!reader.take(word)) continue;
    // Parentheses may also begin the right side: `group_left (a)` against `group_left (rate(…))`.
    const include = isLabelList(reader) ? parseLabels(reader) : [];
    return { returnBool, matching: { on, labels, cardinality, include } };
  }
  return { returnBool, matching: { on, labels, cardinality: "one-to-one", include: [] } };
}

function isLabelList(reader: Reader): boolean {
  const inside = reader.peek(1);
  return reader.isNext("(") && (inside.kind === "identifier" || inside.text === ")");
}

function parseLabels(reader: Reader): string[] {
  reader.want("(");
  if (reader.take(")")) return [];
  const labels = parseList(reader, () => reader.wantIdentifier());
  reader.want(")");
  return labels;
}

function parseGrouping(reader: Reader): Grouping | null {
  if (reader.take("by")) return { without: false, labels: parseLabels(reader) };
  return reader.take("without") ? { without: true, labels: parseLabels(reader) } : null;
}

function parseOperand(reader: Reader): Expression {
  const token = reader.peek();
  if (reader.isNext("{")) return parseLog(reader);
  if (reader.take("(")) {
    const inner = parseBinary(reader, 1);
    reader.want(")");
    return inner;
  }
  if (token.kind === "number" || reader.isNext("-") || reader.isNext("+")) {
    return { type: "number", value: parseNumber(reader), position: token.position };
  }
  if (token.kind === "keyword") return parseFunction(reader);
  return reader.unexpected(...(token.kind === "end" ? ["{", "(", "NUMBER"] : []));
}

function parseFunction(reader: Reader): Expression {
  const { text, position } = reader.peek();
  const range = RANGE_OPERATIONS.find((operation) => operation === text);
  if (range !== undefined) return parseRangeAggregation(reader, range);
  const vector = VECTOR_OPERATIONS.find((operation) => operation === text);
  if (vector !== undefined) return parseVectorAggregation(reader, vector);
  if (text === "label_replace") return parseLabelReplace(reader);
  if (text !== "vector") return reader.unexpected();
  reader.next();
  reader.want("(");
  if (reader.peek().kind !== "number") return reader.unexpected("NUMBER");
  const value = parseNumber(reader);
  reader.want(")");
  return { type: "vector", value, position };
}

/** Takes the number and the comma behind it that may come first between the parentheses. */
function takeParameter(reader: Reader): string | null {
  const token = reader.peek();
  if (token.kind !== "number" || reader.peek(1).text !== ",") return null;
  reader.next();
  reader.next();
  return token.text;
}

function parseRangeAggregation(reader: Reader, operation: RangeOperation): MetricExpression {
  const { position } = reader.next();
  reader.want("(");
  const text = takeParameter(reader);
  const range = parseLogRange(reader);
  reader.want(")");
  const grouping = parseGrouping(reader);
  const takesParameter = operation === "quantile_over_time";
  if (text !== null && !takesParameter) {
    return reader.fail(position, `parameter ${text} not supported for operation ${operation}`);
  }
  const parameter = text === null ? null : (parseGoFloat(text) ?? null);
  if (takesParameter && parameter === null) {
    const problem = text === null ? `parameter required for operation ${operation}` : `invalid parameter ${text}`;
    return reader.fail(position, problem);
  }
  return { type: "range_aggregation", operation, range, parameter, grouping, position };
}

function parseVectorAggregation(reader: Reader, operation: VectorOperation): MetricExpression {
  const { position } = reader.next();
  const before = parseGrouping(reader);
  reader.want("(");
  const text = takeParameter(reader);
  const inner = parseMetric(reader);
  reader.want(")");
  const grouping = before ?? parseGrouping(reader);
  const parameter = vectorParameter(reader, { operation, text, position });
  return { type: "vector_aggregation", operation, inner, parameter, grouping, position };
}

interface Parameter {
  readonly operation: VectorOperation;
  readonly text: string | null;
  readonly position: number;
}

function vectorParameter(reader: Reader, { operation, text, position }: Parameter): number | null {
  const isSelection = operation === "topk" || operation === "bottomk" || operation === "approx_topk";
  if (!isSelection) {
    if (text === null) return null;
    return reader.fail(position, `unsupported parameter for operation ${operation}(${text},`);
  }
  if (text === null) return reader.fail(position, `parameter required for operation ${operation}`);
  if (!/^\d+$/.test(text)) return reader.fail(position, `invalid parameter ${operation}(${text},`);
  const parameter = Number(text);
  if (parameter <= 0) {
    return reader.fail(position, `invalid parameter (must be greater than 0) ${operation}(${text}`);
  }
  return parameter;
}

function parseMetric(reader: Reader): MetricExpression {
  const expression = parseBinary(reader, 1);
  return expression.type === "log" ? reader.unexpected() : expression;
}

function parseLabelReplace(reader: Reader): MetricExpression {
  const { position } = reader.next();
  reader.want("(");
  const inner = parseMetric(reader);
  const [destination = "", replacement = "", source = "", pattern = ""] = Array.from({ length: 4 }, () => {
    reader.want(",");
    return reader.wantString();
  });
  reader.want(")");
  return { type: "label_replace", inner, destination, replacement, source, pattern, position };
}
