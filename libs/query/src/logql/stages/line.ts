/** Names and values of labels. */
export type Labels = ReadonlyMap<string, string>;

/** What stands in `__error__` when a stage could not do its work on a line. */
export const LINE_ERRORS = {
  json: "JSONParserErr",
  logfmt: "LogfmtParserErr",
  unwrap: "SampleExtractionErr",
  labelFilter: "LabelFilterErr",
  template: "TemplateFormatErr",
} as const;

/** One of these. */
export type LineError = (typeof LINE_ERRORS)[keyof typeof LINE_ERRORS];

/** The labels that tell of errors. */
export const ERROR_LABEL = "__error__";
export const ERROR_DETAILS_LABEL = "__error_details__";
export const PRESERVE_ERROR_LABEL = "__preserve_error__";

/** Names that no field can take: what stands there is said by stages alone. */
const ownLabels: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);

/** Appended to the name of a label that is extracted where another one has its name already. */
export const DUPLICATE_SUFFIX = "_extracted";

/**
 * Which labels anybody looks at; parsers need not extract others. Null: all of them.
 */
export type WantedLabels = ReadonlySet<string> | null;

/**
 * A line on its way through a pipeline. There is one of these to a pipeline, filled anew for every line: nothing may keep it.
 * Labels are of three kinds, and a name is in one of them only: the stream's, the structured metadata, and what stages extracted or
 * formatted.
 */
export interface Line {
  text: string;
  timestampNs: bigint;
  stream: Labels;
  /** Labels of the stream that were dropped. */
  readonly droppedNames: string[];
  readonly metadataNames: string[];
  readonly metadataValues: string[];
  readonly parsedNames: string[];
  readonly parsedValues: string[];
  /** What went wrong, or "". */
  error: string;
  errorDetails: string;
  /** Whether the query asked for lines with errors, so that they do not make it fail. */
  isErrorWanted: boolean;
  /** How many of the wanted labels stages have found or made. */
  wantedFound: number;
  readonly wanted: WantedLabels;
  /** Whether the query looks at `__error__`. */
  readonly wantsErrors: boolean;
}

/** A line for a pipeline, not yet filled. */
export function createLine(wanted: WantedLabels, wantsErrors: boolean): Line {
  return {
    text: "",
    timestampNs: 0n,
    stream: new Map(),
    droppedNames: [],
    metadataNames: [],
    metadataValues: [],
    parsedNames: [],
    parsedValues: [],
    error: "",
    errorDetails: "",
    isErrorWanted: false,
    wantedFound: 0,
    wanted,
    wantsErrors,
  };
}

/** One log line as it is stored. */
export interface StoredLine {
  readonly timestampNs: bigint;
  readonly text: string;
  readonly stream: Labels;
  readonly metadata: Labels | null;
}

/** Fills the line anew. Metadata that has a name of the stream's gets the suffix. */
export function fillLine(line: Line, { timestampNs, text, stream, metadata }: StoredLine): void {
  line.text = text;
  line.timestampNs = timestampNs;
  line.stream = stream;
  line.droppedNames.length = 0;
  line.metadataNames.length = 0;
  line.metadataValues.length = 0;
  line.parsedNames.length = 0;
  line.parsedValues.length = 0;
  line.error = "";
  line.errorDetails = "";
  line.isErrorWanted = false;
  line.wantedFound = 0;
  if (metadata !== null) for (const [name, value] of metadata) addMetadata(line, name, value);
}

function addMetadata(line: Line, given: string, value: string): void {
  const name = line.stream.has(given) ? given + DUPLICATE_SUFFIX : given;
  if (name === ERROR_LABEL) line.error = value;
  else if (name === ERROR_DETAILS_LABEL) line.errorDetails = value;
  else {
    const at = line.metadataNames.indexOf(name);
    if (at >= 0) line.metadataValues[at] = value;
    else {
      line.metadataNames.push(name);
      line.metadataValues.push(value);
    }
  }
}

/** A label's value, or undefined. */
export function getLabel(line: Line, name: string): string | undefined {
  const parsed = line.parsedNames.indexOf(name);
  if (parsed >= 0) return line.parsedValues[parsed];
  const metadata = line.metadataNames.indexOf(name);
  if (metadata >= 0) return line.metadataValues[metadata];
  if (name === ERROR_LABEL) return line.error === "" ? undefined : line.error;
  if (name === ERROR_DETAILS_LABEL) return line.errorDetails === "" ? undefined : line.errorDetails;
  if (name === PRESERVE_ERROR_LABEL && line.isErrorWanted) return "true";
  return line.droppedNames.includes(name) ? undefined : line.stream.get(name);
}

/** Sets a label that a stage makes, over whatever has its name. */
export function setLabel(line: Line, name: string, value: string): void {
  if (name === ERROR_DETAILS_LABEL) {
    line.errorDetails = value;
    return;
  }
  const at = line.parsedNames.indexOf(name);
  if (at >= 0) line.parsedValues[at] = value;
  else appendParsed(line, name, value);
}

/** Sets a label under a name that `nameForField` gave. */
export function appendParsed(line: Line, name: string, value: string): void {
  const metadata = line.metadataNames.indexOf(name);
  if (metadata >= 0) removeMetadata(line, metadata);
  line.parsedNames.push(name);
  line.parsedValues.push(value);
  if (line.wanted?.has(name)) line.wantedFound++;
}

function removeMetadata(line: Line, at: number): void {
  line.metadataNames.splice(at, 1);
  line.metadataValues.splice(at, 1);
}

/**
 * The name under which a parser may set the field, or undefined when it need not: what the stream or the metadata have keeps its
 * name, and of two fields with one name the first one counts.
 */
export function nameForField(line: Line, field: string): string | undefined {
  if (ownLabels.has(field)) return undefined;
  const isTaken = line.stream.has(field) || line.metadataNames.includes(field);
  const name = isTaken ? field + DUPLICATE_SUFFIX : field;
  if (line.wanted !== null && !line.wanted.has(name)) return undefined;
  return line.parsedNames.includes(name) ? undefined : name;
}

/** Sets what a parser found, under the name that is left for it. */
export function extractField(line: Line, field: string, value: string): void {
  const name = nameForField(line, field);
  if (name !== undefined) appendParsed(line, name, value);
}

/** Whether all labels that anybody looks at were found, so that a parser may stop. */
export function isComplete(line: Line): boolean {
  return line.wanted !== null && line.wantedFound >= line.wanted.size;
}

/** Removes a label, of whichever kind. */
export function dropLabel(line: Line, name: string): void {
  if (name === ERROR_LABEL) line.error = "";
  else if (name === ERROR_DETAILS_LABEL) line.errorDetails = "";
  else if (name === PRESERVE_ERROR_LABEL) line.isErrorWanted = false;
  const parsed = line.parsedNames.indexOf(name);
  if (parsed >= 0) {
    line.parsedNames.splice(parsed, 1);
    line.parsedValues.splice(parsed, 1);
  }
  const metadata = line.metadataNames.indexOf(name);
  if (metadata >= 0) removeMetadata(line, metadata);
  if (line.stream.has(name)) line.droppedNames.push(name);
}

/** Notes that a stage failed. */
export function setError(line: Line, error: LineError, details: string): void {
  line.error = error;
  line.errorDetails = details;
}

/** Notes that a parser failed; the line is kept in metric queries where the query looks at `__error__`. */
export function setParserError(line: Line, error: LineError, details: string): void {
  setError(line, error, details);
  const preserved = line.metadataNames.indexOf(PRESERVE_ERROR_LABEL);
  if (preserved >= 0) removeMetadata(line, preserved);
  if (line.wantsErrors) line.isErrorWanted = true;
}
