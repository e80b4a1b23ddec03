/** Fields whose bytes OTLP writes in hex (opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding"). */
const IDS: ReadonlySet<string> = new Set(["traceId", "spanId", "parentSpanId"]);

/**
 * A generated message of OTLP in its JSON: ids in hex, other bytes in base64, 64-bit integers as text, enums as numbers; what is
 * not set is left out.
 */
export function otlpJson(message: object): string {
  return JSON.stringify(objectOf(message));
}

function objectOf(message: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(message)) {
    // What was chosen is said even when it is 0 or "".
    if (isChoice(value)) fields[value.$case] = itemOf(value.$case, value.value);
    else if (isSet(value)) fields[key] = itemOf(key, value);
  }
  return fields;
}

/** A oneof as it is generated; in JSON what was chosen is a field like others. */
function isChoice(value: unknown): value is { readonly $case: string; readonly value: unknown } {
  return typeof value === "object" && value !== null && "$case" in value;
}

function isSet(value: unknown): boolean {
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length > 0;
  return typeof value === "object" ? value !== null : Boolean(value);
}

function itemOf(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString(IDS.has(key) ? "hex" : "base64");
  return Array.isArray(value) ? value.map((item) => itemOf(key, item)) : objectOf(value);
}
