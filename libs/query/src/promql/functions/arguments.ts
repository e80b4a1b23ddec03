import { AppError } from "@sightline/errors/app-error";
import type { Expression, StringLiteral } from "../ast.ts";
import { unwrap } from "../ast.ts";
import type { StepValues, VectorSeries } from "../value.ts";
import type { VectorCall } from "./definition.ts";

/** The series of an argument that is a vector. The check of types has made sure that it is one. */
export function vectorAt({ arguments: values, call }: VectorCall, index: number): readonly VectorSeries[] {
  const value = values[index];
  if (value?.kind !== "vector") throw wrongType(call.name, index, value);
  return value.series;
}

/** The values of an argument that is a scalar, one for each step. */
export function scalarAt({ arguments: values, call }: VectorCall, index: number): Float64Array {
  const value = values[index];
  if (value?.kind !== "scalar") throw wrongType(call.name, index, value);
  return value.values;
}

/** The text of an argument that is a string. */
export function textAt(call: VectorCall, index: number): string {
  const value = call.arguments[index];
  if (value?.kind !== "string") throw wrongType(call.call.name, index, value);
  return value.text;
}

export function isText(expression: Expression | null): expression is StringLiteral {
  return expression !== null && unwrap(expression).kind === "string";
}

function wrongType(name: string, index: number, value: StepValues | undefined): AppError {
  return new AppError("internal", `cannot call ${name}: argument ${index + 1} is ${value?.kind ?? "missing"}`);
}
