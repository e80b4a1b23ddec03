import type { LogfmtStage } from "../ast.ts";
import { cleanValue, createFieldNames } from "./field-name.ts";
import { parseLogfmtField } from "./json-path.ts";
import {
  appendParsed,
  extractField,
  isComplete,
  LINE_ERRORS,
  type Line,
  nameForField,
  setParserError,
} from "./line.ts";
import { beginLine, createLogfmtDecoder, type LogfmtDecoder, nextPair } from "./logfmt-decoder.ts";
import type { StageRunner } from "./stage.ts";

/** `| logfmt`: every pair becomes a label, or with fields those that they name. */
export function createLogfmtParser(stage: LogfmtStage): StageRunner {
  return stage.fields.length === 0 ? createWholeParser(stage) : createFieldParser(stage);
}

function createWholeParser({ strict, keepEmpty }: LogfmtStage): StageRunner {
  const decoder = createLogfmtDecoder();
  const names = createFieldNames();
  return (line) => {
    if (isComplete(line)) return true;
    eachPair(line, { decoder, strict }, () => {
      if (decoder.value === "" && !keepEmpty) return;
      const field = names(decoder.key).name;
      const name = field === "" ? undefined : nameForField(line, field);
      if (name !== undefined) appendParsed(line, name, cleanValue(decoder.value));
    });
    return true;
  };
}

/** Fields that are not in the line are empty labels. */
function createFieldParser({ strict, fields }: LogfmtStage): StageRunner {
  const decoder = createLogfmtDecoder();
  const names = createFieldNames();
  const wanted = new Map(fields.map(({ name, expression }) => [parseLogfmtField(expression), name]));
  const found = new Set<string>();
  return (line) => {
    found.clear();
    eachPair(line, { decoder, strict }, () => {
      const label = wanted.get(decoder.key) ?? wanted.get(names(decoder.key).name);
      if (label === undefined || found.has(label)) return;
      found.add(label);
      extractField(line, label, decoder.value.includes("\ufffd") ? "" : decoder.value);
    });
    for (const { name } of fields) {
      if (!found.has(name) && !line.stream.has(name) && !line.metadataNames.includes(name))
        extractField(line, name, "");
    }
    return true;
  };
}

interface Decoding {
  readonly decoder: LogfmtDecoder;
  readonly strict: boolean;
}

/** Visits the pairs. A mistake is passed over; with `strict` it ends the line and is its error. */
function eachPair(line: Line, { decoder, strict }: Decoding, visit: () => void): void {
  beginLine(decoder, line.text);
  for (let step = nextPair(decoder); step !== "end"; step = nextPair(decoder)) {
    if (step === "pair") {
      visit();
      if (isComplete(line)) break;
    } else if (strict) break;
  }
  if (strict && decoder.problem !== "") setParserError(line, LINE_ERRORS.logfmt, decoder.problem);
}
