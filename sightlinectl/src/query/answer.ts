import type { Output } from "../print/output.ts";
import type { Column } from "../print/table.ts";

/** An answer to a query, whatever its language: a table. */
export interface Answer {
  readonly columns: readonly string[];
  /** Texts, numbers, or what is written as JSON. */
  readonly rows: readonly (readonly unknown[])[];
  /** What the server has to say about the answer. */
  readonly notes?: readonly string[];
  /** What the server answered, for who wants JSON. */
  readonly document: unknown;
}

export interface PrintOptions {
  readonly csv?: true | undefined;
}

/**
 * Prints an answer: as the server's document with --json, as CSV (RFC 4180), or as a table for people. Notes are in the
 * document, else they go to the error output.
 */
export function printAnswer(out: Output, { columns, rows, notes = [], document }: Answer, { csv }: PrintOptions): void {
  if (out.json) {
    out.value(document, []);
    return;
  }
  for (const note of notes) out.note(note);
  if (csv === true) {
    for (const row of [columns, ...rows]) out.line(`${row.map(csvField).join(",")}\r`);
    return;
  }
  const shown = columns.map(
    (title, at): Column<readonly unknown[]> => ({
      title,
      text: (row) => textOf(row[at]),
      right: rows.length > 0 && rows.every((row) => isNumber(row[at])),
    }),
  );
  out.rows("rows", shown, rows);
  out.note(rows.length === 1 ? "1 row" : `${rows.length} rows`);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function csvField(value: unknown): string {
  const text = textOf(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Integers of 64 bits come as texts. */
function isNumber(value: unknown): boolean {
  return (
    typeof value === "number" ||
    (typeof value === "string" && /^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf|NaN)$/i.test(value))
  );
}
