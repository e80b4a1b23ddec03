/** Where something stands in a file, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export function createPlace(line: number, column: number): Place {
  return { line, column };
}

/** Something wrong in a file. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
}

/** Takes what is wrong, so that all of it is told and not only the first. */
export interface Problems {
  add(place: Place, message: string): void;
}

/** How many problems of a file are told. */
const maxProblems = 1_000;

export function createProblems(): Problems & { readonly found: readonly Problem[] } {
  const found: Problem[] = [];
  return {
    found,
    add(place, message) {
      if (found.length < maxProblems) found.push({ place, message });
    },
  };
}

/** The problem as one line: `3:5: got …`. */
export function formatProblem({ place, message }: Problem): string {
  return `${place.line}:${place.column}: ${message}`;
}
