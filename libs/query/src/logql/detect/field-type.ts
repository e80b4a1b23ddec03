import { parseBytes } from "@sightline/gotext/bytes";
import { parseGoDuration } from "@sightline/gotext/duration";
import { parseGoFloat } from "@sightline/gotext/parse-float";

/** What a value can be read as, in Loki's words. */
export type FieldType = "int" | "float" | "boolean" | "duration" | "bytes" | "string";

const booleans: ReadonlySet<string> = new Set([
  ...["1", "t", "T", "true", "TRUE", "True"],
  ...["0", "f", "F", "false", "FALSE", "False"],
]);

/** The first type, from the narrowest on, as which Go reads the text. */
export function fieldTypeOf(text: string): FieldType {
  if (/^[+-]?\d{1,19}$/.test(text) && isInt64(BigInt(text))) return "int";
  if (parseGoFloat(text) !== undefined) return "float";
  if (booleans.has(text)) return "boolean";
  if ("ns" in parseGoDuration(text)) return "duration";
  return "bytes" in parseBytes(text) ? "bytes" : "string";
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
