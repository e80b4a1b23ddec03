import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";

/** Deeper values than this are cut off. */
const MAX_DEPTH = 32;

/**
 * A decoded AnyValue as the text that the tables keep: strings as they are, other scalars as JSON writes them, arrays,
 * maps and bytes as JSON, nothing as "".
 */
export function valueText(value: AnyValue | undefined): string {
  const held = value?.value;
  if (held === undefined) return "";
  if (held.$case === "stringValue") return held.value;
  const json = toJson(value, 0);
  return typeof json === "object" ? JSON.stringify(json) : String(json ?? "");
}

/** Attributes by key, their values as text; of a repeated key the last one counts. */
export function attributesText(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueText(value)]));
}

function toJson(value: AnyValue | undefined, depth: number): unknown {
  const held = value?.value;
  if (held === undefined || depth > MAX_DEPTH) return null;
  switch (held.$case) {
    case "arrayValue":
      return held.value.values.map((item) => toJson(item, depth + 1));
    case "kvlistValue":
      return Object.fromEntries(held.value.values.map((item) => [item.key, toJson(item.value, depth + 1)]));
    case "bytesValue":
      return held.value.toString("base64");
    case "intValue":
      return Number.isSafeInteger(Number(held.value)) ? Number(held.value) : String(held.value);
    default:
      return held.value;
  }
}
