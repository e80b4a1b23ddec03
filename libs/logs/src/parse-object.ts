import { mayHoldLongInteger } from "@sightline/otlp/long-integer";

/** An object in JSON, or why the text is none. */
export type ParsedObject = { readonly fields: object } | { readonly refusal: string };

const BEGINS_OBJECT = /^[ \t\r\n]*\{/;

/** Parses a JSON object. Integers beyond 2^53 come as bigint, or as text when they are beyond 64 bits, never rounded. */
export function parseObject(text: string): ParsedObject {
  // Errors are slow to make: a body of half a million lines that are none would keep everybody waiting.
  if (!BEGINS_OBJECT.test(text)) return { refusal: `got ${whatBegins(text)}, want an object` };
  try {
    const value: unknown = mayHoldLongInteger(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
    if (typeof value === "object" && value !== null) return { fields: value };
    return { refusal: "want an object" };
  } catch (thrown) {
    // A reviver works its way down by recursion, which ends where the stack does.
    if (thrown instanceof RangeError) return { refusal: "it is nested too deep" };
    return { refusal: (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200) };
  }
}

function whatBegins(text: string): string {
  const trimmed = text.trimStart();
  if (trimmed === "") return "no JSON";
  return trimmed.startsWith("[") ? "an array" : trimmed.slice(0, 100);
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** TC39, "JSON.parse source text access"; TypeScript does not know the third argument yet. */
function exactInteger(_key: string, value: unknown, ...[context]: readonly { readonly source?: string }[]): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const { source = "" } = context ?? {};
  if (!/^-?\d+$/.test(source)) return value;
  const integer = BigInt(source);
  return integer >= LEAST && integer <= MOST ? integer : source;
}
