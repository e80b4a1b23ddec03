import type { Expression } from "./expression.ts";

/** How strongly parts hold together: an operand that binds less than its place asks for gets parentheses. */
const binding = { or: 1, and: 2, not: 3, compare: 4, sum: 5, product: 6, negate: 7, postfix: 8 } as const;

/** The condition as text, in one spelling: parsing it gives the same condition. */
export function format(expression: Expression): string {
  return print(expression, binding.or);
}

function print(expression: Expression, wanted: number): string {
  const text = printBare(expression);
  return bindingOf(expression) < wanted ? `(${text})` : text;
}

function bindingOf(expression: Expression): number {
  switch (expression.type) {
    case "or":
    case "and":
    case "not":
    case "compare":
    case "negate":
      return binding[expression.type];
    case "literal":
      // A point after bare digits would be read as part of the number.
      return typeof expression.value === "number" ? binding.negate : binding.postfix;
    case "arithmetic":
      return expression.operator === "+" || expression.operator === "-" ? binding.sum : binding.product;
    default:
      return binding.postfix;
  }
}

function printBare(expression: Expression): string {
  switch (expression.type) {
    case "literal":
      return printLiteral(expression.value);
    case "list":
      return `[${printAll(expression.items)}]`;
    case "field":
      return expression.name;
    case "member":
      return print(expression.of, binding.postfix) + printKey(expression.key);
    case "call":
      return `${print(expression.of, binding.postfix)}.${expression.method}(${printAll(expression.arguments)})`;
    case "not":
      return `not ${print(expression.operand, binding.not)}`;
    case "negate":
      return `-${print(expression.operand, binding.negate)}`;
    case "and":
    case "or":
      return expression.operands
        .map((operand) => print(operand, binding[expression.type] + 1))
        .join(` ${expression.type} `);
    case "compare":
      return `${print(expression.left, binding.sum)} ${expression.operator} ${print(expression.right, binding.sum)}`;
    case "arithmetic": {
      const own = bindingOf(expression);
      return `${print(expression.left, own)} ${expression.operator} ${print(expression.right, own + 1)}`;
    }
  }
}

function printAll(expressions: readonly Expression[]): string {
  return expressions.map((expression) => print(expression, binding.or)).join(", ");
}

function printKey(key: Expression): string {
  const isName = key.type === "literal" && typeof key.value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key.value);
  return isName ? `.${key.value}` : `[${print(key, binding.or)}]`;
}

function printLiteral(value: string | number | boolean | null): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? String(value) : quote(value);
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'" };

function quote(text: string): string {
  return `'${text.replace(/[\n\r\t\\']/g, (char) => escapes[char] ?? char)}'`;
}
