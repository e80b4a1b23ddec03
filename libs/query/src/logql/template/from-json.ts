import { invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import { dict, list, type Value } from "@sightline/gotemplate/value";

/** How deep objects and lists may lie in each other. */
const maxDepth = 500;

/** A text of JSON as Go reads it without a type: maps, lists, texts, floats, booleans. What is no JSON is nil. */
export function fromJson(text: string, budget: Budget): Value {
  budget.spend(text.length * 4);
  try {
    return fromParsed(JSON.parse(text), 0);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

function fromParsed(value: unknown, depth: number): Value {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (depth > maxDepth) throw invalid("the JSON is nested too deeply");
  if (Array.isArray(value)) return list(value.map((item) => fromParsed(item, depth + 1)));
  return dict(Object.entries(value).map(([name, item]) => [name, fromParsed(item, depth + 1)]));
}
