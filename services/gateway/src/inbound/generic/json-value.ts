import { invalid } from "@sightline/errors/app-error";
import { dict, list, type Value } from "@sightline/gotemplate/value";

const MAX_DEPTH = 64;

/** JSON as templates know it. Whole numbers are Go's `int`, so that they print without an exponent. Throws for what is nested too deeply. */
export function valueOfJson(json: unknown, depth = 0): Value {
  if (depth > MAX_DEPTH) throw invalid(`cannot read the payload: got JSON nested deeper than ${MAX_DEPTH}`);
  switch (typeof json) {
    case "string":
    case "boolean":
      return json;
    case "number":
      return Number.isSafeInteger(json) ? BigInt(json) : json;
    case "object":
      if (json === null) return null;
      if (Array.isArray(json)) return list(json.map((item) => valueOfJson(item, depth + 1)));
      return dict(Object.entries(json).map(([name, item]) => [name, valueOfJson(item, depth + 1)]));
    default:
      return null;
  }
}

/** What a JSON pointer (RFC 6901) leads to; undefined where there is nothing. */
export function atPointer(json: unknown, pointer: string): unknown {
  let at = json;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  return at;
}
