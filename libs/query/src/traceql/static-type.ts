import type { FieldExpression, FieldName } from "./ast.ts";
import { INTRINSICS, type StaticType } from "./intrinsic.ts";
import type { FieldOperator } from "./operators.ts";

/**
 * What is known of a value's type before there is a span: `attribute` when only the span knows, `nil` for `parent`,
 * which is there or not.
 */
export type ImpliedType = StaticType | "attribute" | "nil";

const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "^"]);
const numeric: ReadonlySet<ImpliedType> = new Set<ImpliedType>(["int", "float", "duration"]);
const equality: ReadonlySet<FieldOperator> = new Set<FieldOperator>(["=", "!="]);
const order: ReadonlySet<FieldOperator> = new Set<FieldOperator>(["=", "!=", "<", "<=", ">", ">="]);

/** The operators that each type has. */
const operatorsOf: Readonly<Record<ImpliedType, (operator: FieldOperator) => boolean>> = {
  attribute: () => true,
  nil: () => false,
  boolean: (operator) => equality.has(operator) || operator === "&&" || operator === "||",
  int: (operator) => order.has(operator) || arithmetic.has(operator),
  float: (operator) => order.has(operator) || arithmetic.has(operator),
  duration: (operator) => order.has(operator) || arithmetic.has(operator),
  string: (operator) => order.has(operator) || operator === "=~" || operator === "!~",
  status: (operator) => equality.has(operator),
  kind: (operator) => equality.has(operator),
};

/** The type that an expression will have. */
export function impliedType(expression: FieldExpression): ImpliedType {
  switch (expression.type) {
    case "static":
      return expression.value.type;
    case "attribute":
    case "intrinsic":
      return fieldType(expression);
    case "exists":
    case "cidr":
      return "boolean";
    case "unary":
      return impliedType(expression.operand);
    case "binary": {
      if (!arithmetic.has(expression.operator)) return "boolean";
      const left = impliedType(expression.left);
      return left === "attribute" ? impliedType(expression.right) : left;
    }
  }
}

/** The type of a field. */
export function fieldType(field: FieldName): ImpliedType {
  return field.type === "attribute" ? "attribute" : (INTRINSICS[field.intrinsic] ?? "nil");
}

export function isNumeric(type: ImpliedType): boolean {
  return numeric.has(type);
}

/** Whether the operator may stand between values of these types; of an attribute nobody knows, so it may. */
export function fits(operator: FieldOperator, left: ImpliedType, right: ImpliedType): boolean {
  const isSame =
    left === right || left === "attribute" || right === "attribute" || (isNumeric(left) && isNumeric(right));
  return isSame && operatorsOf[left](operator) && operatorsOf[right](operator);
}

/** Whether the expression looks at the span at all. */
export function referencesSpan(expression: FieldExpression): boolean {
  switch (expression.type) {
    case "static":
      return false;
    case "attribute":
    case "intrinsic":
      return true;
    case "unary":
    case "exists":
    case "cidr":
      return referencesSpan(expression.operand);
    case "binary":
      return referencesSpan(expression.left) || referencesSpan(expression.right);
  }
}
