import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { Resource } from "@sightline/proto/opentelemetry/proto/resource/v1/resource";

// What the transcoders must make of values, said once more over decoded messages: slow, and plain to read.

/** A value as the tables keep it. */
export function expectedText(value: AnyValue | undefined): string {
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
      return expectedJson(value);
    default:
      return "";
  }
}

function expectedJson(value: AnyValue | undefined): string {
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
      return `[${held.value.values.map(expectedJson).join(",")}]`;
    case "kvlistValue":
      return `{${held.value.values.map((pair) => `${JSON.stringify(pair.key)}:${expectedJson(pair.value)}`).join(",")}}`;
    default:
      return "null";
  }
}

/** Attributes as a row's map. */
export function expectedMap(attributes: readonly KeyValue[] = []): [string, string][] {
  return attributes.map(({ key, value }) => [key, expectedText(value)]);
}

/** An id as hex; "" when it is none. */
export function expectedId(id: Uint8Array, size: 8 | 16): string {
  return id.length === size && id.some((byte) => byte !== 0) ? Buffer.from(id).toString("hex") : "";
}

/** The first of these times that is one; 0 when none is. */
export function expectedTime(...times: readonly bigint[]): bigint {
  return times.find((time) => time !== 0n && time < 2n ** 63n) ?? 0n;
}

export function expectedService(resource: Resource | undefined): string {
  const last = resource?.attributes.filter(({ key }) => key === "service.name").at(-1);
  return expectedText(last?.value);
}
