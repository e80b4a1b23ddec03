import { SEVERITIES } from "@sightline/model/severity";
import { CONDITION_LIMITS, type ComparisonOperator, type Expression } from "./expression.ts";
import type { EventView } from "./fields.ts";

/**
 * Whether the condition holds for the event. Never throws, whatever the event holds: what is absent or of the wrong
 * kind is None, and a comparison with None is false, be it == or !=, unless None itself stands in the condition.
 * Visits each part of the condition at most once.
 */
export function evaluate(expression: Expression, view: EventView): boolean {
  return isTrue(compute(expression, view));
}

function compute(expression: Expression, view: EventView): unknown {
  switch (expression.type) {
    case "literal":
      return expression.value;
    case "list":
      return expression.items.map((item) => compute(item, view));
    case "field":
      return lookUp(view, expression.name);
    case "member":
      return lookUp(compute(expression.of, view), compute(expression.key, view));
    case "call":
      return call(expression, view);
    case "not":
      return !isTrue(compute(expression.operand, view));
    case "negate":
      return subtract(0, compute(expression.operand, view));
    case "and":
    case "or":
      return join(expression.type, expression.operands, view);
    case "compare":
      return compare(expression, view);
    case "arithmetic":
      return arithmetic[expression.operator](compute(expression.left, view), compute(expression.right, view));
  }
}

/** Own properties only, so that no name reaches what JavaScript puts behind objects. What a view works out when it is asked for is one. */
function lookUp(container: unknown, key: unknown): unknown {
  if (Array.isArray(container)) return typeof key === "number" ? (container[key] ?? null) : null;
  if (typeof container !== "object" || container === null || typeof key !== "string") return null;
  return Object.hasOwn(container, key) ? (Reflect.get(container, key) ?? null) : null;
}

function call(expression: Extract<Expression, { type: "call" }>, view: EventView): unknown {
  const of = compute(expression.of, view);
  const [first, fallback] = expression.arguments.map((argument) => compute(argument, view));
  if (expression.method === "get") return lookUp(of, first) ?? fallback ?? null;
  if (typeof of !== "string") return null;
  if (expression.method === "lower") return of.toLowerCase();
  if (expression.method === "upper") return of.toUpperCase();
  if (typeof first !== "string") return null;
  return expression.method === "startswith" ? of.startsWith(first) : of.endsWith(first);
}

/** As in Python: the first operand that decides, else the last. */
function join(type: "and" | "or", operands: readonly Expression[], view: EventView): unknown {
  let value: unknown = null;
  for (const operand of operands) {
    value = compute(operand, view);
    if (isTrue(value) === (type === "or")) return value;
  }
  return value;
}

/** As in Python: None, zero and whatever is empty are false. */
function isTrue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

function compare({ operator, left, right }: Extract<Expression, { type: "compare" }>, view: EventView): boolean {
  const bySeverity = isSeverityField(left) || isSeverityField(right);
  const rankOf = bySeverity ? rank : same;
  const a = rankOf(compute(left, view));
  if (operator === "in" || operator === "not in") return isIn(operator, a, compute(right, view), rankOf);
  const b = rankOf(compute(right, view));
  if (a === null || b === null) return isNoneWanted(left, right) && (operator === "==") === (a === b);
  return decide[operator](a, b);
}

function isSeverityField(expression: Expression): boolean {
  return expression.type === "field" && expression.name === "severity";
}

const names: readonly string[] = SEVERITIES;

/** Severities compare by how bad they are, not by the alphabet. */
function rank(value: unknown): unknown {
  if (typeof value !== "string") return null;
  const at = names.indexOf(value.toLowerCase());
  return at === -1 ? null : at;
}

function same(value: unknown): unknown {
  return value ?? null;
}

/** Only who writes None asks for absence. */
function isNoneWanted(left: Expression, right: Expression): boolean {
  return [left, right].some((side) => side.type === "literal" && side.value === null);
}

function isIn(
  operator: "in" | "not in",
  value: unknown,
  container: unknown,
  rankOf: (value: unknown) => unknown,
): boolean {
  if (value === null) return false;
  const found = contains(value, container, rankOf);
  return found !== undefined && found === (operator === "in");
}

/** Undefined when the container is none. */
function contains(value: unknown, container: unknown, rankOf: (value: unknown) => unknown): boolean | undefined {
  if (Array.isArray(container)) return container.some((item) => rankOf(item) === value);
  if (typeof container === "string") return typeof value === "string" ? container.includes(value) : undefined;
  if (typeof container !== "object" || container === null || typeof value !== "string") return undefined;
  return Object.hasOwn(container, value);
}

type Decision = (a: unknown, b: unknown) => boolean;

const decide: Readonly<Record<Exclude<ComparisonOperator, "in" | "not in">, Decision>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": ordered((sign) => sign < 0),
  "<=": ordered((sign) => sign <= 0),
  ">": ordered((sign) => sign > 0),
  ">=": ordered((sign) => sign >= 0),
};

/** Numbers with numbers and texts with texts; anything else has no order. */
function ordered(holds: (sign: number) => boolean): Decision {
  return (a, b) => {
    if (typeof a === "number" && typeof b === "number") return holds(a - b);
    if (typeof a === "string" && typeof b === "string") return holds(a < b ? -1 : Number(a > b));
    return false;
  };
}

const subtract = numeric((a, b) => a - b);

const arithmetic = {
  "+": (a: unknown, b: unknown) =>
    typeof a === "string" && typeof b === "string" ? concatenate(a, b) : numeric((x, y) => x + y)(a, b),
  "-": subtract,
  "*": numeric((a, b) => a * b),
  "/": numeric((a, b) => a / b),
  // As in Python the result has the sign of the divisor.
  "%": numeric((a, b) => a - b * Math.floor(a / b)),
};

function concatenate(a: string, b: string): string | null {
  return a.length + b.length > CONDITION_LIMITS.textLength ? null : a + b;
}

/** Of anything but numbers, and where the result is no finite number: None. */
function numeric(calculate: (a: number, b: number) => number): (a: unknown, b: unknown) => number | null {
  return (a, b) => {
    if (typeof a !== "number" || typeof b !== "number") return null;
    const result = calculate(a, b);
    return Number.isFinite(result) ? result : null;
  };
}
