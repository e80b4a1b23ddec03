import type { Query } from "./ast.ts";
import { check } from "./check.ts";
import { format } from "./format.ts";
import { parse } from "./parse.ts";

/** A query that is ready to be planned. */
export interface TraceQl {
  /** The query in its one spelling. */
  readonly text: string;
  readonly query: Query;
}

/** Reads and checks a TraceQL query. Throws invalid_argument that says at which line and column what stood and what was wanted. */
export function parseTraceQl(source: string): TraceQl {
  const query = parse(source);
  check(query, source);
  return { text: format(query), query };
}
