import { createProgress, type Progress, type ProgressStream } from "./progress.ts";
import { type Column, formatTable, printable } from "./table.ts";

/** What commands print to: results to the standard output, everything else to the error output. */
export interface Output {
  /** Whether results are to be JSON, one document. */
  readonly json: boolean;
  /** A result. */
  line(text: string): void;
  /** A result: rows for people, or the very same rows as JSON under a name, beside what more there is to say in JSON. */
  rows<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[], beside?: object): void;
  /** A result that is one thing: lines for people, or the value as JSON. */
  value(value: unknown, lines: readonly string[]): void;
  /** A remark: not part of the result. May have several lines, and words of others. */
  note(text: string): void;
  readonly progress: Progress;
}

export interface OutputStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
}

export function createOutput({ stdout, stderr }: OutputStreams, json: boolean, now: () => number): Output {
  const progress = createProgress(stderr, now);
  const line = (text: string): void => void stdout.write(`${text}\n`);
  const print = (value: unknown): void => line(JSON.stringify(value, undefined, 2));
  return {
    json,
    line,
    rows: (name, columns, rows, beside = {}) => {
      if (json) print({ [name]: rows, ...beside });
      else if (rows.length > 0) for (const text of formatTable(columns, rows)) line(text);
    },
    value: (value, lines) => {
      if (json) print(value);
      else for (const text of lines) line(text);
    },
    note: (text) => {
      progress.clear();
      stderr.write(`${text.split("\n").map(printable).join("\n")}\n`);
    },
    progress,
  };
}
