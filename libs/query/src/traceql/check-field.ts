import { AppError } from "@sightline/errors/app-error";
import { compilePattern } from "@sightline/regex/pattern";
import type { FieldExpression } from "./ast.ts";
import { compileCidr } from "./cidr.ts";
import { formatField } from "./format-field.ts";
import type { Problem } from "./problem.ts";
import { fits, type ImpliedType, impliedType, isNumeric } from "./static-type.ts";

type Of<Type extends FieldExpression["type"]> = Extract<FieldExpression, { type: Type }>;

/**
 * Checks that the operators of an expression stand between types that have them, that patterns are patterns and networks
 * networks. Throws invalid_argument that names line and column.
 */
export function checkFieldExpression(problem: Problem, expression: FieldExpression): void {
  switch (expression.type) {
    case "static":
    case "attribute":
      return;
    case "intrinsic":
      if (expression.intrinsic !== "parent") return;
      throw problem(
        expression.position,
        "got parent by itself, want parent = nil, parent != nil, or an attribute of it",
      );
    case "exists":
      checkExists(problem, expression);
      return;
    case "unary":
      checkFieldExpression(problem, expression.operand);
      checkUnary(problem, expression);
      return;
    case "cidr":
      checkFieldExpression(problem, expression.operand);
      checkCidr(problem, expression);
      return;
    case "binary":
      checkFieldExpression(problem, expression.left);
      checkFieldExpression(problem, expression.right);
      checkBinary(problem, expression);
  }
}

/** `= nil` of what every span has never holds, and is refused as Tempo refuses it. */
function checkExists(problem: Problem, { operand, negated, position }: Of<"exists">): void {
  if (operand.type === "intrinsic" && operand.intrinsic === "parent") return;
  checkFieldExpression(problem, operand);
  if (!negated) return;
  const isService =
    operand.type === "attribute" &&
    operand.scope === "resource" &&
    operand.name === "service.name" &&
    !operand.ofParent;
  if (operand.type !== "intrinsic" && !isService) return;
  throw problem(position, `got ${formatField(operand)} = nil, which never holds, want another attribute`);
}

function checkUnary(problem: Problem, { operator, operand, position }: Of<"unary">): void {
  const type = impliedType(operand);
  if (type === "attribute" || (operator === "-" ? isNumeric(type) : type === "boolean")) return;
  throw problem(position, `got ${operator} before ${describeType(type)}, want it before ${unaryWants[operator]}`);
}

const unaryWants = { "-": "a number or a duration", "!": "true or false" } as const;

function checkCidr(problem: Problem, { operand, prefixes, position }: Of<"cidr">): void {
  const type = impliedType(operand);
  if (type !== "string" && type !== "attribute") {
    throw problem(operand.position, `got ${describeType(type)}, want a string attribute with an IP address`);
  }
  const compiled = compileCidr(prefixes);
  if (typeof compiled === "function") return;
  throw problem(position, `got the network ${compiled.wrong}, want one such as 10.0.0.0/8 or 2001:db8::/32`);
}

function checkBinary(problem: Problem, { operator, left, right, position }: Of<"binary">): void {
  const [leftType, rightType] = [impliedType(left), impliedType(right)];
  if (!fits(operator, leftType, rightType)) {
    const got = `got ${describeType(leftType)} ${operator} ${describeType(rightType)}`;
    throw problem(position, `${got}, want types that can be put together so`);
  }
  if (operator !== "=~" && operator !== "!~") return;
  if (right.type !== "static" || right.value.type !== "string") {
    throw problem(right.position, `got something computed after ${operator}, want a pattern in quotes`);
  }
  checkPattern(problem, right.value.value, right.position);
}

function checkPattern(problem: Problem, source: string, position: number): void {
  try {
    compilePattern(source, { anchored: true });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw problem(position, `got the pattern ${source}, want one of RE2: ${thrown.message}`);
  }
}

/** A type in words. */
export function describeType(type: ImpliedType): string {
  if (type === "boolean") return "true or false";
  if (type === "nil") return "nil";
  return type === "attribute" || type === "int" ? `an ${type}` : `a ${type}`;
}
