import type { Query, Static } from "./ast.ts";

/** What `with (…)` asks of whoever runs a query. What is not known, and what has another type, means nothing. */
export interface QueryHints {
  /** The share of spans or traces that is enough, above 0 and below 1; `auto` leaves it to whoever runs it. Default: all. */
  readonly sample: number | "auto" | null;
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
    sample: find(["sample", "trace_sample", "span_sample"], shareOf),
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

function shareOf(value: Static): number | "auto" | null {
  if (value.type === "boolean") return value.value ? "auto" : null;
  return value.type === "float" && value.value > 0 && value.value < 1 ? value.value : null;
}
