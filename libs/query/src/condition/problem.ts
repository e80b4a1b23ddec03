import { type AppError, invalid } from "@sightline/errors/app-error";

/** A condition that cannot be used: what stands at that offset of its text, and what could. */
export function problemAt(position: number, gotAndWant: string): AppError {
  return invalid(`cannot read condition: at character ${position + 1} ${gotAndWant}`);
}
