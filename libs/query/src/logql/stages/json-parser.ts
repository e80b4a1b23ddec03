import { cleanValue, createFieldNames } from "./field-name.ts";
import { eachField, type JsonValue, unescapeJson } from "./json-scanner.ts";
import { extractField, isComplete, LINE_ERRORS, type Line, nameForField, setParserError } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** How deep objects are looked into. What is deeper is no label that anybody could name. */
const maxDepth = 64;

/** `| json`: every field that is a string, a number or a boolean becomes a label; nested names are joined by `_`. */
export function createJsonParser(): StageRunner {
  const names = createFieldNames();
  const walk = (line: Line, from: number, prefix: string, depth: number): string | null =>
    eachField(line.text, from, (key, value: JsonValue) => {
      if (value.kind === "object") {
        const name = joined(prefix, key);
        if (depth >= maxDepth || !mayHoldWanted(line, names(name))) return null;
        const { after } = value;
        const outcome = walk(line, value.start, name, depth + 1);
        value.after = after;
        return outcome;
      }
      if (value.kind !== "array" && value.kind !== "null") {
        const field = names(joined(prefix, key));
        if (nameForField(line, field) !== undefined) extractField(line, field, readText(line.text, value));
      }
      return isComplete(line) ? "complete" : null;
    });
  return (line) => {
    if (isComplete(line)) return true;
    const outcome = walk(line, 0, "", 0);
    if (outcome !== null && outcome !== "complete") setParserError(line, LINE_ERRORS.json, outcome);
    return true;
  };
}

function joined(prefix: string, key: string): string {
  return prefix === "" ? key : `${prefix}_${key.trim()}`;
}

/** Whether a label that anybody looks at may be in the object of that name. */
function mayHoldWanted(line: Line, prefix: string): boolean {
  if (line.wanted === null) return true;
  for (const name of line.wanted) if (name.startsWith(prefix)) return true;
  return false;
}

/** A value as the text of a label; a string with wrong escapes is empty. */
export function readText(text: string, value: JsonValue): string {
  const raw = text.slice(value.start, value.end);
  return value.kind === "string" ? cleanValue(unescapeJson(raw) ?? "") : raw;
}
