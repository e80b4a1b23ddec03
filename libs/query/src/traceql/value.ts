import type { Static } from "./ast.ts";
import { type Int64, int64Of, parseInt64 } from "./int64.ts";
import type { KindName, StatusName } from "./intrinsic.ts";

/** A number with its type; durations are nanoseconds. */
export type Numeric =
  | { readonly type: "int" | "duration"; readonly value: Int64 }
  | { readonly type: "float"; readonly value: number };

export type Keyword =
  | { readonly type: "status"; readonly value: StatusName }
  | { readonly type: "kind"; readonly value: KindName };

/** A value by itself. Attributes are texts: how they were sent, their table does not say. */
export type Scalar = string | boolean | Numeric | Keyword;

/** A value of a span: nothing, one, or one for each of its events or links. */
export type Value = null | Scalar | readonly Scalar[];

const integer = /^-?\d+$/;
const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const constants: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** The number that a text is when it was sent as one: as JSON writes it, or NaN and the infinities by name. Else null. */
export function numericOfText(text: string): Numeric | null {
  if (integer.test(text)) {
    const value = parseInt64(text);
    return value === null ? { type: "float", value: Number(text) } : { type: "int", value };
  }
  const value = decimal.test(text) ? Number(text) : constants.get(text);
  return value === undefined ? null : { type: "float", value };
}

/** The number that a value is, or that its text says; null for anything else. */
export function numericOf(value: Value): Numeric | null {
  if (typeof value === "string") return numericOfText(value);
  if (value === null || typeof value === "boolean" || isList(value)) return null;
  return value.type === "status" || value.type === "kind" ? null : value;
}

/** Whether it is true or false, or its text says so; null for anything else. */
export function booleanOf(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  if (value === "true") return true;
  return value === "false" ? false : null;
}

export function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

/**
 * What an array holds: the values of a span's events, or the elements of an attribute whose text is a JSON array, which is how
 * arrays are kept. Null for what is no array.
 */
export function elementsOf(value: Value): readonly Scalar[] | null {
  if (typeof value === "string") return value.startsWith("[") ? elementsOfText(value) : null;
  return isList(value) ? value : null;
}

function elementsOfText(text: string): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return null;
    return parsed.map((element: unknown) => (typeof element === "string" ? element : JSON.stringify(element)));
  } catch {
    // A text that only begins like an array is a text.
    return null;
  }
}

/** The value that a query writes. */
export function valueOfStatic(literal: Static): Scalar {
  switch (literal.type) {
    case "string":
    case "boolean":
      return literal.value;
    case "int":
    case "duration":
      return { type: literal.type, value: int64Of(literal.value) };
    default:
      return literal;
  }
}

/** What tells values apart when spans are grouped by them: the same text for the same value of the same type. */
export function keyOf(value: Value): string {
  if (value === null) return "n";
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "boolean") return value ? "t" : "f";
  if (isList(value)) return `a${JSON.stringify(value.map(keyOf))}`;
  return `${value.type}:${value.value}`;
}
