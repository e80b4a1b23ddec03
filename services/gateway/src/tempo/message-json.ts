import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { PartialStatus } from "@sightline/proto/tempopb/tempo";

/** Names of the enums' numbers, by the field that has them. */
const ENUM_NAMES: Readonly<Record<string, ReadonlyMap<unknown, string>>> = {
  kind: namesOf("SPAN_KIND_", Span_SpanKind),
  code: namesOf("STATUS_CODE_", Status_StatusCode),
  status: namesOf("", PartialStatus),
};

function namesOf(prefix: string, numbers: Readonly<Record<string, number>>): ReadonlyMap<unknown, string> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number, prefix + name]));
}

/**
 * A generated message as Tempo writes its JSON, which is protobuf's with what is not set left out: 64-bit integers are texts, enums
 * their names, and bytes base64, the ids of spans too. The number of a sample is written also when it is 0.
 */
export function messageJson(message: object): string {
  return JSON.stringify(objectOf(message));
}

function objectOf(message: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(message)) {
    if (isChoice(value)) fields[value.$case] = itemOf(value.value);
    else if (isSet(key, value)) fields[key] = ENUM_NAMES[key]?.get(value) ?? itemOf(value);
  }
  return fields;
}

/** A oneof as it is generated; in JSON what was chosen is a field like others. */
function isChoice(value: unknown): value is { readonly $case: string; readonly value: unknown } {
  return typeof value === "object" && value !== null && "$case" in value;
}

function isSet(key: string, value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return value !== 0 || key === "value";
    case "object":
      if (value instanceof Uint8Array || Array.isArray(value)) return value.length > 0;
      return value !== null;
    default:
      return Boolean(value);
  }
}

function itemOf(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return Array.isArray(value) ? value.map(itemOf) : objectOf(value);
}
