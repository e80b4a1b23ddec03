import { invalid } from "@sightline/errors/app-error";
import { type Budget, stepUnits } from "../budget.ts";
import { plainDirective } from "../print/directive.ts";
import { printAs } from "../print/print.ts";
import { baseOf, compareTexts, typeName, type Value } from "../value.ts";

type Basic = string | bigint | number | boolean;

function basicOf(value: Value): Basic | undefined {
  const base = baseOf(value);
  return base === null || typeof base === "object" ? undefined : base;
}

/** `eq`: whether the first value equals one of the others. Throws invalid_argument where Go cannot compare them. */
export function isEqual(first: Value, others: readonly Value[], budget: Budget): boolean {
  if (others.length === 0) throw invalid("missing argument for comparison");
  return others.some((other) => areEqual(first, other, budget));
}

function areEqual(first: Value, other: Value, budget: Budget): boolean {
  const a = basicOf(first);
  const b = basicOf(other);
  if (typeof a !== typeof b) {
    if (first === null || other === null) return false;
    throw invalid(`incompatible types for comparison: ${typeName(first)} and ${typeName(other)}`);
  }
  if (a !== undefined) return a === b;
  if (first === null || other === null) return first === other;
  return areSame(first, other, budget);
}

/** Of what is no text, number or boolean, Go compares times and structs of what it can compare; lists and maps it refuses. */
function areSame(first: Value, other: Value, budget: Budget): boolean {
  budget.spend(stepUnits);
  if (!isComparable(other)) {
    const printed = printAs(other, { ...plainDirective, verb: "s" }, budget);
    throw invalid(`non-comparable type ${printed}: ${typeName(other)}`);
  }
  if (typeof first !== "object" || typeof other !== "object") return first === other;
  if (first?.kind === "time" && other?.kind === "time") {
    return first.epochNs === other.epochNs && first.zone === other.zone;
  }
  if (first?.kind === "named" && other?.kind === "named") return first.type === other.type && first.base === other.base;
  if (first?.kind !== "struct" || other?.kind !== "struct") return first === other;
  if (first.type !== other.type) return false;
  return Object.entries(other.fields).every(([name, field]) => areSame(first.fields[name] ?? null, field, budget));
}

function isComparable(value: Value): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (value.kind === "struct") return Object.values(value.fields).every(isComparable);
  return value.kind === "time" || value.kind === "named";
}

/** `lt`. Throws invalid_argument where Go cannot order them. */
export function isLess(first: Value, other: Value): boolean {
  const a = basicOf(first);
  const b = basicOf(other);
  if (a === undefined || b === undefined) throw invalid("invalid type for comparison");
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b) < 0;
  if (typeof a !== typeof b) {
    throw invalid(`incompatible types for comparison: ${typeName(first)} and ${typeName(other)}`);
  }
  if (typeof a === "boolean") throw invalid("invalid type for comparison");
  return a < b;
}
