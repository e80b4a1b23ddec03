import { SEVERITIES } from "@sightline/model/severity";
import { CONDITION_LIMITS, type ComparisonOperator, type Expression } from "./expression.ts";
import type { EventView } from "./fields.ts";

type Compute = (view: EventView) => unknown;

/**
 * The condition as a function of the event. It never throws, whatever the event holds: what is absent or of the wrong
 * kind is None, and a comparison with None is false, be it == or !=, unless None itself stands in the condition.
 * Visits each part of the condition at most once, and makes no objects that the condition does not ask for.
 */
export function compileCondition(expression: Expression): (view: EventView) => boolean {
  const compute = compile(expression);
  return (view) => isTrue(compute(view));
}

function compile(expression: Expression): Compute {
  switch (expression.type) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "list":
      return compileList(expression.items);
    case "field": {
      const { name } = expression;
      return (view) => lookUp(view, name);
    }
    case "member": {
      const [of, key] = [compile(expression.of), compile(expression.key)];
      return (view) => lookUp(of(view), key(view));
    }
    case "call":
      return compileCall(expression);
    case "not": {
      const operand = compile(expression.operand);
      return (view) => !isTrue(operand(view));
    }
    case "negate": {
      const operand = compile(expression.operand);
      return (view) => subtract(0, operand(view));
    }
    case "and":
    case "or":
      return compileJoin(expression.type, expression.operands);
    case "compare":
      return compileComparison(expression);
    case "arithmetic": {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      const calculate = arithmetic[expression.operator];
      return (view) => calculate(left(view), right(view));
    }
  }
}

function compileList(items: readonly Expression[]): Compute {
  if (items.every((item) => item.type === "literal")) {
    const values = items.map(({ value }) => value);
    return () => values;
  }
  const computes = items.map(compile);
  return (view) => computes.map((compute) => compute(view));
}

/** Own properties only, so that no name reaches what JavaScript puts behind objects. What a view works out when it is asked for is one. */
function lookUp(container: unknown, key: unknown): unknown {
  if (Array.isArray(container)) return typeof key === "number" ? (container[key] ?? null) : null;
  if (typeof container !== "object" || container === null || typeof key !== "string") return null;
  return Object.hasOwn(container, key) ? (Reflect.get(container, key) ?? null) : null;
}

const nothing: Compute = () => undefined;

function compileCall({ of: subject, method, arguments: given }: Extract<Expression, { type: "call" }>): Compute {
  const of = compile(subject);
  const [first = nothing, second = nothing] = given.map(compile);
  switch (method) {
    case "get":
      return (view) => lookUp(of(view), first(view)) ?? second(view) ?? null;
    case "lower":
      return (view) => ofText(of(view), (text) => text.toLowerCase());
    case "upper":
      return (view) => ofText(of(view), (text) => text.toUpperCase());
    case "startswith":
      return (view) => ofTexts(of(view), first(view), (text, start) => text.startsWith(start));
    default:
      return (view) => ofTexts(of(view), first(view), (text, end) => text.endsWith(end));
  }
}

function ofText(text: unknown, answer: (text: string) => string): string | null {
  return typeof text === "string" ? answer(text) : null;
}

function ofTexts(text: unknown, other: unknown, answer: (text: string, other: string) => boolean): boolean | null {
  return typeof text === "string" && typeof other === "string" ? answer(text, other) : null;
}

/** As in Python: the first operand that decides, else the last. */
function compileJoin(type: "and" | "or", operands: readonly Expression[]): Compute {
  const computes = operands.map(compile);
  const isOr = type === "or";
  return (view) => {
    let value: unknown = null;
    for (const compute of computes) {
      value = compute(view);
      if (isTrue(value) === isOr) return value;
    }
    return value;
  };
}

/** As in Python: None, zero and whatever is empty are false. */
function isTrue(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return Boolean(value);
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

function compileComparison({ operator, left, right }: Extract<Expression, { type: "compare" }>): Compute {
  const bySeverity = isSeverityField(left) || isSeverityField(right);
  const rankOf = bySeverity ? rank : same;
  const [computeA, computeB] = [compile(left), compile(right)];
  if (operator === "in" || operator === "not in") {
    return (view) => isIn(operator, rankOf(computeA(view)), computeB(view), rankOf);
  }
  const holds = decide[operator];
  const wantsNone = isNoneWanted(left, right);
  const isEqual = operator === "==";
  return (view) => {
    const a = rankOf(computeA(view));
    const b = rankOf(computeB(view));
    if (a === null || b === null) return wantsNone && isEqual === (a === b);
    return holds(a, b);
  };
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
