import { quote } from "@sightline/gotext/quote";
import {
  type Aggregation,
  type BinaryOperation,
  type Call,
  type Expression,
  isComparison,
  isSetOperator,
  partsOf,
  type Span,
  type UnaryOperation,
  type ValueType,
  type VectorSelector,
} from "./ast.ts";
import type { FunctionDefinition } from "./functions/definition.ts";
import { FUNCTIONS } from "./functions/table.ts";
import { metricNameLabel } from "./label-names.ts";
import { matchesEmpty } from "./matcher.ts";
import { parseProblem } from "./problem.ts";

/** The names of types as messages have them. */
const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  vector: "instant vector",
  matrix: "range vector",
  string: "string",
};

/** Whether operations are of two scalars: a chain is asked for at each of its operators. */
const ofScalars = new WeakMap<BinaryOperation, boolean>();

/** What an expression comes to. A function that does not exist is taken for one of a vector: `check` says so. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "matrix-selector":
    case "subquery":
      return "matrix";
    case "vector-selector":
    case "aggregation":
      return "vector";
    case "call":
      return FUNCTIONS.get(expression.name)?.returnType ?? "vector";
    case "binary":
      return isOfScalars(expression) ? "scalar" : "vector";
    case "unary":
      return typeOf(expression.operand);
    case "parentheses":
      return typeOf(expression.expression);
  }
}

function isOfScalars(operation: BinaryOperation): boolean {
  const known = ofScalars.get(operation);
  if (known !== undefined) return known;
  const both = typeOf(operation.left) === "scalar" && typeOf(operation.right) === "scalar";
  ofScalars.set(operation, both);
  return both;
}

/**
 * Throws invalid_argument when an expression that could be read means nothing: wrong types, unknown functions, selectors of
 * everything. The message is Prometheus', with the position.
 */
export function check(expression: Expression, source: string): void {
  const fail = (span: Span, problem: string) => parseProblem(source, span.start, problem);
  const visit = (node: Expression): void => {
    for (const part of partsOf(node)) if (!isInfoSelector(node, part)) visit(part);
    checkOne(node, fail);
  };
  visit(expression);
}

type Fail = (span: Span, problem: string) => Error;

function checkOne(node: Expression, fail: Fail): void {
  if (node.kind === "aggregation") checkAggregation(node, fail);
  if (node.kind === "binary") checkBinary(node, fail);
  if (node.kind === "call") checkCall(node, fail);
  if (node.kind === "vector-selector") checkSelector(node, fail);
  if (node.kind === "unary") checkUnary(node, fail);
  if (node.kind === "subquery" && typeOf(node.expression) !== "vector") {
    throw fail(node.span, `subquery is only allowed on instant vector, got ${typeOf(node.expression)} instead`);
  }
}

function checkUnary({ operand, span }: UnaryOperation, fail: Fail): void {
  const type = typeOf(operand);
  if (type === "scalar" || type === "vector") return;
  const wanted = "unary expression only allowed on expressions of type scalar or instant vector";
  throw fail(span, `${wanted}, got ${quote(typeNames[type])}`);
}

function expectType(node: Expression, wanted: ValueType, context: string, fail: Fail): void {
  const type = typeOf(node);
  if (type === wanted) return;
  throw fail(node.span, `expected type ${typeNames[wanted]} in ${context}, got ${typeNames[type]}`);
}

function checkAggregation({ operator, expression, parameter }: Aggregation, fail: Fail): void {
  expectType(expression, "vector", "aggregation expression", fail);
  if (parameter === null) return;
  expectType(parameter, operator === "count_values" ? "string" : "scalar", "aggregation parameter", fail);
}

function checkBinary(node: BinaryOperation, fail: Fail): void {
  const { operator, left, right, matching, returnBool, operatorSpan, span } = node;
  const types = [typeOf(left), typeOf(right)];
  const isScalar = types.every((type) => type === "scalar");
  if (returnBool && !isComparison(operator)) {
    throw fail(operatorSpan, "bool modifier can only be used on comparison operators");
  }
  if (isComparison(operator) && !returnBool && isScalar) {
    throw fail(operatorSpan, "comparisons between scalars must use BOOL modifier");
  }
  const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (twice !== undefined) {
    throw fail(operatorSpan, `label ${quote(twice)} must not occur in ON and GROUP clause at once`);
  }
  for (const side of [left, right]) {
    if (typeOf(side) !== "scalar" && typeOf(side) !== "vector") {
      throw fail(side.span, "binary expression must contain only scalar and instant vector types");
    }
  }
  const hasScalar = types.includes("scalar");
  if (hasScalar && matching.labels.length > 0) {
    throw fail(span, "vector matching only allowed between instant vectors");
  }
  checkModifiers(node, hasScalar, fail);
}

function checkModifiers({ operator, matching, span }: BinaryOperation, hasScalar: boolean, fail: Fail): void {
  const isFilled = matching.fillLeft !== null || matching.fillRight !== null;
  if (isFilled && hasScalar) throw fail(span, "filling in missing series only allowed between instant vectors");
  if (!isSetOperator(operator)) return;
  if (isFilled) throw fail(span, "filling in missing series not allowed for set operators");
  if (!hasScalar && matching.cardinality !== "many-to-many") {
    throw fail(span, `no grouping allowed for ${quote(operator)} operation`);
  }
  if (hasScalar) throw fail(span, `set operator ${quote(operator)} not allowed in binary scalar expression`);
}

function checkCall(call: Call, fail: Fail): void {
  const definition = FUNCTIONS.get(call.name);
  if (definition === undefined) throw fail(call.span, `unknown function with name ${quote(call.name)}`);
  checkCount(call, definition, fail);
  const context = `call to function ${quote(call.name)}`;
  call.arguments.forEach((argument, i) => {
    const type = definition.argumentTypes[Math.min(i, definition.argumentTypes.length - 1)];
    if (type === undefined) return;
    if (isInfoSelector(call, argument)) checkInfoSelector(argument, fail);
    expectType(argument, type, context, fail);
  });
}

function checkCount({ name, arguments: given, span }: Call, definition: FunctionDefinition, fail: Fail): void {
  const { argumentTypes, variadic } = definition;
  const wrong = (wanted: string) =>
    fail(span, `expected ${wanted} argument(s) in call to ${quote(name)}, got ${given.length}`);
  if (variadic === 0) {
    if (given.length !== argumentTypes.length) throw wrong(`${argumentTypes.length}`);
    return;
  }
  const least = argumentTypes.length - 1;
  if (given.length < least) throw wrong(`at least ${least}`);
  if (variadic > 0 && given.length > least + variadic) throw wrong(`at most ${least + variadic}`);
}

/** The second argument of `info` says which labels are wanted: it may match everything, and is no metric. */
function isInfoSelector(node: Expression, part: Expression): boolean {
  return node.kind === "call" && node.name === "info" && node.arguments[1] === part;
}

function checkInfoSelector(argument: Expression, fail: Fail): void {
  if (argument.kind === "vector-selector" && argument.name === "") return;
  if (typeOf(argument) !== "vector") return;
  throw fail(argument.span, "expected label selectors only, got vector selector instead");
}

function checkSelector({ name, matchers, span }: VectorSelector, fail: Fail): void {
  if (name !== "") {
    const other = matchers.slice(0, -1).find((matcher) => matcher.name === metricNameLabel);
    if (other === undefined) return;
    throw fail(span, `metric name must not be set twice: ${quote(name)} or ${quote(other.value)}`);
  }
  if (matchers.every(matchesEmpty)) throw fail(span, "vector selector must contain at least one non-empty matcher");
}
