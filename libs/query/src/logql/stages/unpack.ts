import { createFieldNames } from "./field-name.ts";
import { readText } from "./json-parser.ts";
import { createKeyOrder, eachField, JSON_PROBLEMS, type JsonValue, unescapeJson } from "./json-scanner.ts";
import { extractField, isComplete, LINE_ERRORS, setParserError } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** The field in which the line itself was packed. */
const packedLine = "_entry";

/** `| unpack`: undoes the packing of labels into the line, if it was packed: `{"pod":"a","_entry":"the line"}`. */
export function createUnpack(): StageRunner {
  const names = createFieldNames();
  const order = createKeyOrder();
  const fields: string[] = [];
  return (line) => {
    if (line.text === "") return true;
    // Where no more labels are looked at what is packed still counts, and what is not is no error.
    const fail = (problem: string) => {
      if (!isComplete(line)) setParserError(line, LINE_ERRORS.json, problem);
      return true;
    };
    if (line.text[0] !== "{") return fail("expecting json object(6), but it is not");
    fields.length = 0;
    let packed: string | undefined;
    const { text } = line;
    order.at = 0;
    const visit = (key: string, value: JsonValue) => {
      if (value.kind !== "string") return null;
      if (key === packedLine) {
        packed = unescapeJson(text.slice(value.start, value.end));
        return packed === undefined ? JSON_PROBLEMS.escape : null;
      }
      fields.push(names(key).name, readText(text, value));
      return null;
    };
    const problem = eachField(text, 0, { order, visit });
    if (problem !== null) return fail(problem);
    if (packed === undefined) return true;
    line.text = packed;
    for (let at = 0; at < fields.length; at += 2) extractField(line, fields[at] ?? "", fields[at + 1] ?? "");
    return true;
  };
}
