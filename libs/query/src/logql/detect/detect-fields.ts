import type { AnsweredLine, AnsweredStream } from "../evaluate/result.ts";
import {
  createLine,
  ERROR_DETAILS_LABEL,
  ERROR_LABEL,
  fillLine,
  type Labels,
  PRESERVE_ERROR_LABEL,
} from "../stages/line.ts";
import { createStage } from "../stages/pipeline.ts";
import type { StageRunner } from "../stages/stage.ts";
import { type FieldType, fieldTypeOf } from "./field-type.ts";

/** A field that was found in lines. */
export interface DetectedField {
  readonly name: string;
  /** What its value in the last stream looks like. */
  readonly type: FieldType;
  readonly values: ReadonlySet<string>;
  /** Which parsers find it in the texts; none for what lines have beside their texts. */
  readonly parsers: readonly Parser[];
}

type Parser = "json" | "logfmt";

const ownLabels: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);

interface Finding {
  type: FieldType;
  readonly values: Set<string>;
  readonly parsers: Set<Parser>;
}

/**
 * The fields of lines whose labels are told apart by where they come from: structured metadata, what the query's own parsers took, and
 * what is in the text as JSON or else as logfmt. Further fields than `maxFields` are left out.
 */
export function detectFields(streams: readonly AnsweredStream[], maxFields: number): DetectedField[] {
  const found = new Map<string, Finding>();
  const readText = createTextReader();
  for (const { labels, lines } of streams) {
    // One value tells the type: lines of one stream are of one program.
    const typed = new Set<string>();
    const note = (name: string, value: string, parser: Parser | null) => {
      const finding = found.get(name) ?? createFinding(found, name, maxFields);
      if (finding === undefined || ownLabels.has(name)) return;
      if (!typed.has(name)) finding.type = fieldTypeOf(value);
      typed.add(name);
      finding.values.add(value);
      if (parser !== null) finding.parsers.add(parser);
    };
    for (const line of lines) {
      const text = readText(line, labels);
      for (const [name, value] of line.metadata) note(name, value, null);
      for (const [name, value] of line.parsed) note(name, value, text.parser);
      text.each((name, value) => note(name, value, text.parser));
    }
  }
  return [...found]
    .map(([name, { parsers, ...finding }]) => ({ name, ...finding, parsers: [...parsers].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function createFinding(found: Map<string, Finding>, name: string, maxFields: number): Finding | undefined {
  if (found.size >= maxFields || ownLabels.has(name)) return undefined;
  const finding: Finding = { type: "string", values: new Set(), parsers: new Set() };
  found.set(name, finding);
  return finding;
}

interface TextFields {
  readonly parser: Parser | null;
  each(visit: (name: string, value: string) => void): void;
}

const nothing: TextFields = { parser: null, each: () => undefined };

/** Reads a text by the first parser that makes something of it. */
function createTextReader(): (line: AnsweredLine, stream: Labels) => TextFields {
  const position = 0;
  const json = createStage({ type: "json", fields: [], position }, 0n);
  const logfmt = createStage({ type: "logfmt", strict: false, keepEmpty: false, fields: [], position }, 0n);
  const read = createLine(null, false);
  const isRead = (parse: StageRunner, stored: AnsweredLine, stream: Labels) => {
    fillLine(read, { ...stored, stream, metadata: null });
    return parse(read) && read.error === "" && read.parsedNames.length > 0;
  };
  const each = (visit: (name: string, value: string) => void) => {
    for (const [at, name] of read.parsedNames.entries()) visit(name, read.parsedValues[at] ?? "");
  };
  return (line, stream) => {
    if (isRead(json, line, stream)) return { parser: "json", each };
    return isRead(logfmt, line, stream) ? { parser: "logfmt", each } : nothing;
  };
}
