import { type AppError, invalid } from "@sightline/errors/app-error";
import { positionText } from "@sightline/gotext/position";

/** What is wrong with the text of a query, with where it stands, in the words that Prometheus' clients know. */
export function parseProblem(source: string, at: number, problem: string): AppError {
  return invalid(`${positionText(source, at)}: parse error: ${problem}`);
}
