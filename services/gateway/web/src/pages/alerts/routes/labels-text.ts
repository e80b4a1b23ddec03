import { matchersOfText } from "../../silences/matcher-text.ts";

/**
 * Labels as people paste them: {a="b", c="d"}, a line each, or JSON. Undefined where they are none; {} for an empty text.
 */
export function labelsOfText(text: string): Readonly<Record<string, string>> | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return {};
  return fromJson(trimmed) ?? fromPairs(trimmed);
}

function fromJson(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || Array.isArray(read)) return undefined;
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, String(value)]));
  } catch (thrown) {
    // What is no JSON may still be labels.
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

function fromPairs(text: string): Readonly<Record<string, string>> | undefined {
  const joined = text
    .split("\n")
    .map((line) => line.trim().replace(/,$/, ""))
    .filter((line) => line !== "")
    .join(",");
  const pairs = matchersOfText(joined);
  if (pairs === undefined || pairs.some(({ operator }) => operator !== "=")) return undefined;
  return Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
}
