import { AppError } from "@sightline/errors/app-error";

/** An object in JSON, or why the text is none. */
export type ParsedObject = { readonly fields: object } | { readonly refusal: string };

/** An integer of so many digits may be more than a double holds; a string's begin behind a quote. */
const LONG_INTEGER = /[:,[]\s*-?\d{16}/;

/** Parses a JSON object. Integers beyond 2^53 come as bigint, or as text when they are beyond 64 bits, never rounded. */
export function parseObject(text: string): ParsedObject {
  try {
    const value: unknown = LONG_INTEGER.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { fields: value };
    return {
      refusal: `got ${Array.isArray(value) ? "an array" : JSON.stringify(value).slice(0, 100)}, want an object`,
    };
  } catch (thrown) {
    // A reviver works its way down by recursion, which ends where the stack does.
    if (thrown instanceof RangeError) return { refusal: "it is nested too deep" };
    return { refusal: AppError.from(thrown).message.slice(0, 200) };
  }
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
