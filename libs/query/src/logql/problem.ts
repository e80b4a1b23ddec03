import { type AppError, invalid } from "@sightline/errors/app-error";

/** The message of a query that cannot be used, in Loki's form: where it is and what is wrong there. */
export function problemAt(source: string, position: number, message: string): AppError {
  const before = source.slice(0, position);
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  return invalid(`parse error at line ${line}, col ${column}: ${message}`);
}

/** What Go's `%v` of an error says, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
