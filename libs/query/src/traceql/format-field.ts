import { quote } from "@sightline/gotext/quote";
import type { FieldExpression, FieldName, Static } from "./ast.ts";
import { formatDuration } from "./duration.ts";
import { BINDING, bindingOf } from "./operators.ts";

const BINDS_ALWAYS = 9;

/** What stands between `{` and `}` as text, in one spelling, with no more parentheses than it needs. */
export function formatFieldExpression(expression: FieldExpression): string {
  return print(expression, BINDING.logical);
}

function print(expression: FieldExpression, wanted: number): string {
  const text = printBare(expression);
  return bindingOfExpression(expression) < wanted ? `(${text})` : text;
}

function bindingOfExpression(expression: FieldExpression): number {
  switch (expression.type) {
    case "binary":
      return bindingOf(expression.operator) ?? BINDS_ALWAYS;
    // It reaches over products, so it has to be parenthesised inside of one.
    case "unary":
      return BINDING.sum;
    case "exists":
      return BINDING.comparison;
    default:
      return BINDS_ALWAYS;
  }
}

function printBare(expression: FieldExpression): string {
  switch (expression.type) {
    case "static":
      return formatStatic(expression.value);
    case "attribute":
    case "intrinsic":
      return formatField(expression);
    case "unary":
      return `${expression.operator}${print(expression.operand, BINDING.product)}`;
    case "exists":
      return `${print(expression.operand, BINDING.comparison)} ${expression.negated ? "=" : "!="} nil`;
    case "cidr":
      return `cidr(${[formatFieldExpression(expression.operand), ...expression.prefixes.map((prefix) => quote(prefix))].join(", ")})`;
    case "binary": {
      const own = bindingOfExpression(expression);
      const fromRight = expression.operator === "^";
      const left = print(expression.left, fromRight ? own + 1 : own);
      return `${left} ${expression.operator} ${print(expression.right, fromRight ? own : own + 1)}`;
    }
  }
}

/** A value as it is written. */
export function formatStatic({ type, value }: Static): string {
  switch (type) {
    case "string":
      return quote(value);
    case "duration":
      return formatDuration(value);
    case "int":
      return value === -(1n << 63n) ? "minInt" : String(value);
    case "float":
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
    default:
      return String(value);
  }
}

const plainName = /^[^\s\u0085{}()=~!<>&|^,"\\]+$/;

/** An attribute or an intrinsic as it is written; also the name that it has as a label of a time series. */
export function formatField(field: FieldName): string {
  if (field.type === "intrinsic") return field.intrinsic;
  const scope = field.scope === "none" ? "" : field.scope;
  return `${field.ofParent ? "parent." : ""}${scope}${scope === "" && field.ofParent ? "" : "."}${nameOf(field)}`;
}

/** Quoted when it has what would end it, or what would be read as a number or as a scope. */
function nameOf({ name, scope, ofParent }: Extract<FieldName, { type: "attribute" }>): string {
  const isMistakable = scope === "none" && (ofParent ? /^(span|resource)\./.test(name) : /^\d/.test(name));
  return plainName.test(name) && !isMistakable ? name : `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}
