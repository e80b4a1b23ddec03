import type { YamlScalar } from "./yaml-tree.ts";

/** What a scalar means in YAML 1.1, as Go's yaml.v2 reads it. */
export type ScalarValue =
  | { readonly type: "null" }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int" | "float"; readonly value: number }
  | { readonly type: "str"; readonly value: string };

const words = new Map<string, ScalarValue>([
  ...said({ type: "bool", value: true }, "y Y yes Yes YES true True TRUE on On ON"),
  ...said({ type: "bool", value: false }, "n N no No NO false False FALSE off Off OFF"),
  ...said({ type: "null" }, "~ null Null NULL"),
  ...said({ type: "float", value: Number.NaN }, ".nan .NaN .NAN"),
  ...said({ type: "float", value: Number.POSITIVE_INFINITY }, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...said({ type: "float", value: Number.NEGATIVE_INFINITY }, "-.inf -.Inf -.INF"),
  ["", { type: "null" }],
]);

function said(value: ScalarValue, texts: string): [string, ScalarValue][] {
  return texts.split(" ").map((text) => [text, value]);
}

const tagPrefix = "tag:yaml.org,2002:";

/** The numbers of Go: with underscores, an octal one by `0` or `0o`, a hexadecimal one by `0x`, a binary one by `0b`. */
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** What the scalar means: without quotes and without a tag it may be anything, in quotes it is a text. */
export function resolveScalar({ text, isPlain, tag }: Pick<YamlScalar, "text" | "isPlain" | "tag">): ScalarValue {
  const kind = tag.startsWith(tagPrefix) ? tag.slice(tagPrefix.length) : tag;
  if (kind === "binary") return { type: "str", value: Buffer.from(text, "base64").toString("utf8") };
  const isResolved = ["null", "bool", "int", "float", "timestamp"].includes(kind) || (kind === "" && isPlain);
  return isResolved ? resolvePlain(text) : { type: "str", value: text };
}

function resolvePlain(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  const digits = text.replaceAll("_", "");
  if (integer.test(digits)) return { type: "int", value: integerOf(digits) };
  return float.test(digits) ? { type: "float", value: Number(digits) } : { type: "str", value: text };
}

function integerOf(digits: string): number {
  const isNegative = digits.startsWith("-");
  const bare = digits.replace(/^[-+]/, "");
  const value = /^0[0-7]+$/.test(bare) ? Number.parseInt(bare, 8) : Number(bare);
  return isNegative ? -value : value;
}
