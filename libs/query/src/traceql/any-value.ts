import type { AnyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { goDurationText } from "./duration.ts";
import type { Int64 } from "./int64.ts";
import { isList, type Value } from "./value.ts";

/** A value as Tempo's answers have it: durations, states and kinds are texts, and what is not there is the text `nil`. */
export function anyValueOf(value: Value): AnyValue {
  if (value === null) return { value: { $case: "stringValue", value: "nil" } };
  if (typeof value === "string") return { value: { $case: "stringValue", value } };
  if (typeof value === "boolean") return { value: { $case: "boolValue", value } };
  if (isList(value)) return { value: { $case: "arrayValue", value: { values: value.map(anyValueOf) } } };
  switch (value.type) {
    case "int":
      return { value: { $case: "intValue", value: wholeOf(value.value) } };
    case "float":
      return { value: { $case: "doubleValue", value: value.value } };
    case "duration":
      return { value: { $case: "stringValue", value: goDurationText(wholeOf(value.value)) } };
    default:
      return { value: { $case: "stringValue", value: value.value } };
  }
}

function wholeOf(value: Int64): bigint {
  return typeof value === "bigint" ? value : BigInt(Math.trunc(value));
}
