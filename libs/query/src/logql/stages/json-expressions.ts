import type { FieldExpression } from "../ast.ts";
import { readText } from "./json-parser.ts";
import { type JsonPath, parseJsonPath } from "./json-path.ts";
import { createKeyOrder, eachField, type JsonValue, readValue, skipBlank } from "./json-scanner.ts";
import { extractField, getLabel, isComplete, LINE_ERRORS, type Line, setParserError } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** `| json a="b.c[0]"`: each label is what its path leads to; objects and arrays are kept as JSON, what is not there is empty. */
export function createJsonExpressions(fields: readonly FieldExpression[]): StageRunner {
  const paths = fields.map(({ name, expression }) => ({ name, path: parseJsonPath(expression) }));
  const value: JsonValue = { kind: "null", start: 0, end: 0, after: 0 };
  return (line) => {
    if (line.text === "" || isComplete(line)) return true;
    if (!'"{['.includes(line.text[0] ?? "")) {
      setParserError(line, LINE_ERRORS.json, "");
      return true;
    }
    for (const { name, path } of paths) extractPath(line, { name, path, value });
    for (const { name } of paths) if (getLabel(line, name) === undefined) extractField(line, name, "");
    return true;
  };
}

function extractPath(line: Line, { name, path, value }: { name: string; path: JsonPath; value: JsonValue }): void {
  const start = skipBlank(line.text, 0);
  if (path.length === 0 || start < 0 || readValue(line.text, start, value) !== null) return;
  for (const step of path) {
    const isFound = typeof step === "number" ? findItem(line.text, step, value) : findField(line.text, step, value);
    if (!isFound) return;
  }
  extractField(line, name, value.kind === "null" ? "" : readText(line.text, value));
}

/** Moves from an object to its field of that name. */
function findField(text: string, name: string, value: JsonValue): boolean {
  if (value.kind !== "object") return false;
  const visit = (key: string, inner: JsonValue) => {
    if (key !== name) return null;
    Object.assign(value, inner);
    return "found" as const;
  };
  return eachField(text, value.start, { order: createKeyOrder(), visit }) === "found";
}

/** Moves from an array to its item at that place. */
function findItem(text: string, place: number, value: JsonValue): boolean {
  if (value.kind !== "array") return false;
  let at = skipBlank(text, value.start + 1);
  for (let item = 0; at >= 0 && text[at] !== "]"; item++) {
    if (readValue(text, at, value) !== null) return false;
    if (item === place) return true;
    at = skipBlank(text, value.after);
    if (at < 0 || text[at] !== ",") return false;
    at = skipBlank(text, at + 1);
  }
  return false;
}
