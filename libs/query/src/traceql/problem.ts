import { type AppError, invalid } from "@sightline/errors/app-error";

/** Makes the error for what stands at an offset of a query: what it is, and what could stand there. */
export type Problem = (position: number, gotAndWant: string) => AppError;

/** Errors about one query, which name line and column as Tempo's do: both from 1, columns in characters. */
export function problemsOf(source: string): Problem {
  return (position, gotAndWant) => {
    const before = source.slice(0, position);
    const line = before.split("\n").length;
    const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
    return invalid(`cannot read TraceQL: at line ${line}, col ${column} ${gotAndWant}`);
  };
}
