import { formatShort } from "@sightline/gotext/format-float";
import type { GoTime } from "@sightline/gotext/time";
import { formatTime } from "@sightline/gotext/time";

/**
 * What a template works with: integers are bigints (Go's int64), other numbers are Go's float64; null is nil.
 */
export type TemplateValue =
  | string
  | bigint
  | number
  | boolean
  | null
  | GoTime
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>;

/** Why a template could not be filled in. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Whether it is a list. */
export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Whether it is a map. */
export function isMap(value: TemplateValue): value is ReadonlyMap<string, TemplateValue> {
  return value instanceof Map;
}

/** Whether it is a time. */
export function isTime(value: TemplateValue): value is GoTime {
  return typeof value === "object" && value !== null && "epochNs" in value;
}

/** Go's name of the value's type. */
export function typeOf(value: TemplateValue): string {
  if (value === null) return "nil";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (isTime(value)) return "time.Time";
  return isList(value) ? "[]interface {}" : "map[string]interface {}";
}

/** Whether `if` takes the value for true. */
export function isTrue(value: TemplateValue): boolean {
  if (isTime(value)) return true;
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  return Boolean(value);
}

/** The value as Go's `%v` prints it. */
export function printValue(value: TemplateValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "number") return formatShort(value);
  if (isTime(value)) return formatTime(value, "2006-01-02 15:04:05.999999999 -0700 MST");
  if (isList(value)) return `[${value.map(printValue).join(" ")}]`;
  if (!isMap(value)) return String(value);
  const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, inner]) => `${name}:${printValue(inner)}`).join(" ")}]`;
}
