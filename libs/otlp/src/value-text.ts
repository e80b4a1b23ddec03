import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";

/**
 * A decoded AnyValue as the text that the tables keep: strings as they are; integers, doubles and booleans as JSON writes
 * them; arrays, maps and bytes as JSON; nothing as "". The same text as that of the transcoders, which make it from the
 * bytes.
 */
export function valueText(value: AnyValue | undefined): string {
  const held = value?.value;
  switch (held?.$case) {
    case "stringValue":
      return held.value;
    case "intValue":
    case "boolValue":
    case "doubleValue":
      return String(held.value);
    case "arrayValue":
    case "kvlistValue":
    case "bytesValue":
      return jsonText(value);
    default:
      return "";
  }
}

/** Attributes by key, their values as text; of a repeated key the last one counts. */
export function attributesText(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueText(value)]));
}

function jsonText(value: AnyValue | undefined): string {
  const held = value?.value;
  switch (held?.$case) {
    case "stringValue":
      return JSON.stringify(held.value);
    case "intValue":
    case "boolValue":
      return String(held.value);
    case "doubleValue":
      return Number.isFinite(held.value) ? String(held.value) : `"${held.value}"`;
    case "bytesValue":
      return `"${held.value.toString("base64")}"`;
    case "arrayValue":
      return `[${held.value.values.map(jsonText).join(",")}]`;
    case "kvlistValue":
      return `{${held.value.values.map((pair) => `${JSON.stringify(pair.key)}:${jsonText(pair.value)}`).join(",")}}`;
    default:
      return "null";
  }
}
