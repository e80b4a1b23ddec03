import { cleanValue, createFieldNames, type FieldName } from "./field-name.ts";
import { createKeyOrder, eachField, type JsonValue, unescapeJson } from "./json-scanner.ts";
import { appendParsed, isComplete, LINE_ERRORS, type Line, nameForField, setParserError } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** How deep objects are looked into. What is deeper is no label that anybody could name. */
const maxDepth = 64;

/** `| json`: every field that is a string, a number or a boolean becomes a label; nested names are joined by `_`. */
export function createJsonParser(): StageRunner {
  const names = createFieldNames();
  const order = createKeyOrder();
  const walk = (line: Line, from: number, outer: FieldName | null): string | null => {
    const visit = (key: string, value: JsonValue) => {
      const field = names(key, outer);
      if (value.kind === "object") {
        const isDeep = field.depth > maxDepth;
        return isDeep || !mayHoldWanted(line, field.name) ? null : walk(line, value.start, field);
      }
      if (value.kind !== "array" && value.kind !== "null") {
        const name = nameForField(line, field.name);
        if (name !== undefined) appendParsed(line, name, readText(line.text, value));
      }
      return isComplete(line) ? "complete" : null;
    };
    return eachField(line.text, from, { order, visit });
  };
  return (line) => {
    if (isComplete(line)) return true;
    order.at = 0;
    const outcome = walk(line, 0, null);
    if (outcome !== null && outcome !== "complete") setParserError(line, LINE_ERRORS.json, outcome);
    return true;
  };
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
