// After encoding/json of Go 1.26, as far as values of templates have it.
import { invalid } from "@sightline/errors/app-error";
import { formatFloat } from "@sightline/gotext/format-float";
import type { Budget } from "./budget.ts";
import { jsonTime } from "./time/layout.ts";
import { type Named, type Struct, sortedEntries, typeName, type Value } from "./value.ts";

const maxDepth = 100;

/** A value as `json.Marshal` writes it: keys sorted, `<`, `>` and `&` escaped. Throws invalid_argument for what JSON cannot say. */
export function toJson(value: Value, budget: Budget, depth = 0): string {
  if (depth > maxDepth) throw invalid("the value is nested too deeply for JSON");
  const text = write(value, budget, depth);
  budget.spend(text.length + 1);
  return text;
}

function write(value: Value, budget: Budget, depth: number): string {
  if (value === null) return "null";
  if (typeof value === "string") return jsonText(value);
  if (typeof value === "number") return jsonNumber(value);
  if (typeof value !== "object") return String(value);
  const inner = (item: Value) => toJson(item, budget, depth + 1);
  switch (value.kind) {
    case "list":
      return `[${value.items.map(inner).join(",")}]`;
    case "dict":
      return `{${sortedEntries(value)
        .map(([name, item]) => `${jsonText(name)}:${inner(item)}`)
        .join(",")}}`;
    case "struct":
      return writeStruct(value, inner);
    case "time":
      return `"${jsonTime(value)}"`;
    case "named":
      return inner(baseOfNamed(value));
    default:
      throw invalid(`json: unsupported type: ${typeName(value)}`);
  }
}

function baseOfNamed({ base }: Named): Value {
  return base;
}

function writeStruct({ type, fields }: Struct, inner: (value: Value) => string): string {
  const members = Object.entries(fields).map(([name, value]) => {
    return `${jsonText(type.jsonNames?.[name] ?? name)}:${inner(value)}`;
  });
  return `{${members.join(",")}}`;
}

const escaped = /[<>&\u2028\u2029]/g;

function jsonText(text: string): string {
  // Half of a surrogate pair is what Go has for bytes that are no UTF-8.
  const quoted = JSON.stringify(text.toWellFormed());
  return quoted.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw invalid(`json: unsupported value: ${formatFloat(value, "g", -1)}`);
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 1e-6 && size < 1e21);
  // JSON has exponents without a zero before them, where Go's other forms have two digits.
  return isPlain ? formatFloat(value, "f", -1) : formatFloat(value, "e", -1).replace(/e-0(\d)$/, "e-$1");
}
