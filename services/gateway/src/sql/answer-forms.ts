import { z } from "zod";
import type { SqlAnswer } from "./read-answer.ts";

/** How an answer may be written. */
export interface AnswerForm {
  readonly contentType: string;
  /** The text in pieces, as the rows come. */
  pieces(answer: SqlAnswer): AsyncIterable<string>;
}

/** The first is what callers get that do not say. */
export const ANSWER_FORMS: readonly AnswerForm[] = [
  { contentType: "application/json", pieces: documentPieces },
  { contentType: "application/x-ndjson", pieces: linePieces },
  { contentType: "text/csv", pieces: csvPieces },
];

export function answerFormOf(contentType: string | undefined): AnswerForm | undefined {
  return ANSWER_FORMS.find((form) => form.contentType === contentType);
}

const values = z.array(z.unknown());
const valuesOf = (row: string): unknown[] => values.parse(JSON.parse(row));

/** One document: rows as arrays in the order of the columns. Totals stand only here. */
async function* documentPieces({ columns, rows, statistics, totals }: SqlAnswer): AsyncGenerator<string> {
  const heads = columns.map(({ name, type }) => ({ name, type }));
  yield `{"columns":${JSON.stringify(heads)},"rows":[`;
  let isFirst = true;
  for await (const some of rows) {
    yield `${isFirst ? "\n" : ",\n"}${some.join(",\n")}`;
    isFirst = false;
  }
  const said = statistics();
  const numbers = {
    rows: Number(said?.rows ?? 0),
    rowsRead: Number(said?.rowsRead ?? 0),
    bytesRead: Number(said?.bytesRead ?? 0),
    elapsedMs: Number(said?.elapsedNano ?? 0) / 1e6,
  };
  const added = totals();
  yield `\n],${added === "" ? "" : `"totals":${added},`}"statistics":${JSON.stringify(numbers)}}\n`;
}

/** A line for each row: an object with the columns' names. */
async function* linePieces({ columns, rows }: SqlAnswer): AsyncGenerator<string> {
  const names = columns.map(({ name }) => JSON.stringify(name));
  for await (const some of rows) {
    const lines = some.map((row) => `{${valuesOf(row).map((value, at) => `${names[at]}:${JSON.stringify(value)}`)}}\n`);
    yield lines.join("");
  }
}

/** RFC 4180, with a line of names; no value is an empty field, a list or an object is JSON. */
async function* csvPieces({ columns, rows }: SqlAnswer): AsyncGenerator<string> {
  yield `${columns.map(({ name }) => csvField(name)).join(",")}\r\n`;
  for await (const some of rows) yield some.map((row) => `${valuesOf(row).map(csvField).join(",")}\r\n`).join("");
}

function csvField(value: unknown): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
