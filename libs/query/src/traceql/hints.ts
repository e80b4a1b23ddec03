import type { Query, Static } from "./ast.ts";

/**
 * What `with (…)` asks of whoever runs a query. What is not known, and what has another type, means nothing, and so does `sample`: answers
 * are exact.
 */
export interface QueryHints {
  /** How many exemplars are wanted; false for none. Default: as the request says. */
  readonly exemplars: number | boolean | null;
  /** Whether the newest traces are wanted rather than those that are found first. */
  readonly mostRecent: boolean;
}

/** The hints of a query that Tempo allows everybody; of two of a name the first of the right type counts. */
export function hintsOf({ hints }: Query): QueryHints {
  const find = <T>(names: readonly string[], read: (value: Static) => T | null): T | null => {
    const found = hints.filter(({ name }) => names.includes(name)).map(({ value }) => read(value));
    return found.find((value) => value !== null) ?? null;
  };
  return {
    exemplars: find(["exemplars"], (value) => booleanOf(value) ?? countOf(value)),
    mostRecent: find(["most_recent"], booleanOf) ?? false,
  };
}

function booleanOf(value: Static): boolean | null {
  return value.type === "boolean" ? value.value : null;
}

function countOf(value: Static): number | null {
  return value.type === "int" && value.value >= 0n ? Number(value.value) : null;
}
