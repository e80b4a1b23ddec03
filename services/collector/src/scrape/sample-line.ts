/** The two text formats: Prometheus 0.0.4 and OpenMetrics 1.0. */
export type ExpositionFormat = "prometheus" | "openmetrics";

export type Label = readonly [name: string, value: string];

/** A measured value that a counter or bucket gives as an example of what it counted. */
export interface SampleExemplar {
  readonly labels: readonly Label[];
  readonly value: number;
  /** Milliseconds since the Unix epoch; undefined: the exposition does not say. */
  readonly timestampMs: number | undefined;
}

/** One line of an exposition that is not a comment. */
export interface Sample {
  readonly name: string;
  readonly labels: readonly Label[];
  readonly value: number;
  /** Milliseconds since the Unix epoch; undefined: the time of the scrape. */
  readonly timestampMs: number | undefined;
  readonly exemplar: SampleExemplar | undefined;
}

/** What is wrong with a line, and where. */
export interface LineProblem {
  /** From 1. */
  readonly column: number;
  readonly reason: string;
}

export type SampleOrProblem = { readonly sample: Sample } | { readonly problem: LineProblem };

/** More labels than this on one sample are refused. */
const MAX_LABELS = 64;
/** Longer label values are refused. */
const MAX_LABEL_CHARS = 4096;
/** OpenMetrics 1.0, "Exemplars": names and values of its labels together, in characters. */
const MAX_EXEMPLAR_CHARS = 128;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/**
 * Makes a reader of samples' lines: `name{label="value",…} value [timestamp] [# {exemplar labels} value [timestamp]]`.
 * OpenMetrics wants single spaces and seconds; 0.0.4 takes any blanks and milliseconds and knows no exemplars. One
 * reader reads one line after the other, since making one for each line would cost more than the reading.
 */
export function createSampleParser(format: ExpositionFormat): (line: string) => SampleOrProblem {
  const reader = createReader(format);
  return (line) => {
    reader.begin(line);
    try {
      return { sample: readSample(reader, format) };
    } catch (thrown) {
      if (reader.problem === undefined) throw thrown;
      return { problem: reader.problem };
    }
  };
}

interface Reader {
  /** Starts with a new line. */
  begin(line: string): void;
  /** Set when `fail` was called. */
  readonly problem: LineProblem | undefined;
  /** Whether the whole line was read. */
  atEnd(): boolean;
  /** Whether the next character is this one. */
  sees(char: string): boolean;
  /** Passes over this text, or says no. */
  takes(text: string): boolean;
  /** Reads a name; with colons for metrics. */
  name(colons: boolean): string;
  /** Reads what is between quotes. */
  quoted(): string;
  /** Reads up to the next blank. */
  word(): string;
  /** Passes over what separates two parts. */
  blank(): void;
  fail(reason: string): never;
}

function createReader(format: ExpositionFormat): Reader {
  const strict = format === "openmetrics";
  let line = "";
  let at = 0;
  let problem: LineProblem | undefined;
  const reader: Reader = {
    begin(next) {
      line = next;
      at = 0;
      problem = undefined;
    },
    get problem() {
      return problem;
    },
    atEnd: () => at >= line.length,
    sees: (char) => line.startsWith(char, at),
    takes(text) {
      if (!line.startsWith(text, at)) return false;
      at += text.length;
      return true;
    },
    name(colons) {
      const start = at;
      while (isNameChar(line.charCodeAt(at), at > start, colons)) at++;
      if (at === start) reader.fail(`want a ${colons ? "metric" : "label"} name`);
      return line.slice(start, at);
    },
    quoted() {
      if (!reader.takes('"')) reader.fail('want a label value in "quotes"');
      const start = at;
      at = endOfQuoted(line, start);
      if (at >= line.length) reader.fail("a label value does not end");
      if (at - start > MAX_LABEL_CHARS) reader.fail(`a label value is longer than ${MAX_LABEL_CHARS} characters`);
      const text = line.slice(start, at++);
      return text.includes("\\") ? unescapeLabel(text) : text;
    },
    word() {
      const start = at;
      while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
      return line.slice(start, at);
    },
    blank() {
      if (strict) {
        if (line.charCodeAt(at) !== SPACE) reader.fail("want one space");
        at++;
        return;
      }
      while (isBlank(line.charCodeAt(at))) at++;
    },
    fail(reason) {
      problem = { column: at + 1, reason };
      throw new Error(reason);
    },
  };
  return reader;
}

function readSample(reader: Reader, format: ExpositionFormat): Sample {
  const strict = format === "openmetrics";
  const name = reader.name(true);
  if (!strict) reader.blank();
  const labels = reader.sees("{") ? readLabels(reader, strict) : [];
  reader.blank();
  const value = readNumber(reader);
  let timestampMs: number | undefined;
  let exemplar: SampleExemplar | undefined;
  while (!reader.atEnd()) {
    reader.blank();
    if (reader.atEnd() && !strict) break;
    if (exemplar !== undefined) reader.fail("text after the exemplar");
    if (strict && reader.sees("#")) exemplar = readExemplar(reader);
    else if (timestampMs === undefined) timestampMs = readTimestamp(reader, strict);
    else reader.fail("text after the timestamp");
  }
  return { name, labels, value, timestampMs, exemplar };
}

function readLabels(reader: Reader, strict: boolean): Label[] {
  const labels: Label[] = [];
  reader.takes("{");
  skipBlanks(reader, strict);
  while (!reader.takes("}")) {
    const name = reader.name(false);
    skipBlanks(reader, strict);
    if (!reader.takes("=")) reader.fail("want =");
    skipBlanks(reader, strict);
    const value = reader.quoted();
    if (labels.some(([earlier]) => earlier === name)) reader.fail(`the label ${name} occurs twice`);
    if (labels.length === MAX_LABELS) reader.fail(`more than ${MAX_LABELS} labels`);
    labels.push([name, value]);
    skipBlanks(reader, strict);
    if (reader.takes(",")) {
      skipBlanks(reader, strict);
      if (strict && reader.sees("}")) reader.fail("a comma without a label after it");
    } else if (!reader.sees("}")) {
      reader.fail("want , or }");
    }
  }
  return labels;
}

function readExemplar(reader: Reader): SampleExemplar {
  if (!reader.takes("# ") || !reader.sees("{")) reader.fail("want # and a space and {");
  const labels = readLabels(reader, true);
  if (charsOf(labels) > MAX_EXEMPLAR_CHARS) {
    reader.fail(`the labels of an exemplar are longer than ${MAX_EXEMPLAR_CHARS} characters`);
  }
  reader.blank();
  const value = readNumber(reader);
  let timestampMs: number | undefined;
  if (!reader.atEnd()) {
    reader.blank();
    timestampMs = readTimestamp(reader, true);
  }
  return { labels, value, timestampMs };
}

function readNumber(reader: Reader): number {
  const number = numberOf(reader.word());
  return number ?? reader.fail("want a number");
}

/** Seconds with a fraction (OpenMetrics) or whole milliseconds (0.0.4). */
function readTimestamp(reader: Reader, inSeconds: boolean): number {
  const word = reader.word();
  const fits = inSeconds ? NUMBER.test(word) : /^-?\d+$/.test(word);
  if (!fits) reader.fail(inSeconds ? "want a timestamp in seconds" : "want a timestamp in milliseconds");
  const timestampMs = inSeconds ? Number(word) * 1000 : Number(word);
  return Number.isFinite(timestampMs) ? timestampMs : reader.fail("the timestamp is too large");
}

/** The number that a text of either format stands for. */
export function numberOf(word: string): number | undefined {
  if (NUMBER.test(word)) return Number(word);
  if (INFINITE.test(word)) return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return word.toLowerCase() === "nan" ? Number.NaN : undefined;
}

const SPACE = 32;
const TAB = 9;

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Where the quote is that ends a label value; the line's end when there is none. */
function endOfQuoted(line: string, start: number): number {
  const quote = line.indexOf('"', start);
  if (quote < 0) return line.length;
  const backslash = line.indexOf("\\", start);
  if (backslash < 0 || backslash > quote) return quote;
  let end = backslash;
  for (; end < line.length && line[end] !== '"'; end++) if (line[end] === "\\") end++;
  return Math.min(end, line.length);
}

function skipBlanks(reader: Reader, strict: boolean): void {
  if (!strict) reader.blank();
}

function charsOf(labels: readonly Label[]): number {
  let chars = 0;
  for (const [name, value] of labels) chars += [...name].length + [...value].length;
  return chars;
}

function isNameChar(code: number, inside: boolean, colons: boolean): boolean {
  const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
  return letter || (colons && code === 58) || (inside && code >= 48 && code <= 57);
}

function unescapeLabel(text: string): string {
  return text.replace(/\\([\\"n])/g, (_all, char: string) => (char === "n" ? "\n" : char));
}
