import { AppError, invalid } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/logql/ast";
import { parseSelector } from "@sightline/query/logql/logql";
import type { z } from "zod";
import type { Params, ReadContext } from "../query/reader.ts";
import type { LogqlOptions } from "./query-logql.ts";
import { type AskedSelection, type SelectionSql, selectionSql } from "./selection-sql.ts";

/** The time of lines by which streams are found: the end is not part of it. */
export interface StreamRange {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

/** The matchers of a selector; none, which selects all streams, for "" and `{}`. Throws as `parseSelector` does. */
export function matchersOf(selector: string): readonly LabelMatcher[] {
  return selector === "" || /^\s*\{\s*\}\s*$/.test(selector) ? [] : parseSelector(selector);
}

/** The records of the streams for which all matchers hold. */
export function streamSelection(
  matchers: readonly LabelMatcher[],
  { startUnixNano, endUnixNano }: StreamRange,
): AskedSelection {
  if (endUnixNano < startUnixNano) throw invalid("end timestamp must not be before or equal to start time");
  return { matchers, fromNs: startUnixNano, toNs: endUnixNano, conditions: [] };
}

/** The same as SQL. */
export function selectStreams(matchers: readonly LabelMatcher[], range: StreamRange): SelectionSql {
  return selectionSql(streamSelection(matchers, range));
}

/** What lists of streams need. */
export type ListOptions = Pick<LogqlOptions, "reader" | "limits">;

interface ListStatement<T> {
  readonly sql: string;
  readonly row: z.ZodType<T>;
  readonly params: Params;
  readonly context: ReadContext;
}

/** All rows of a list. Throws resource_exhausted when there are more than may be listed. */
export async function readList<T>({ reader, limits }: ListOptions, statement: ListStatement<T>): Promise<T[]> {
  const { sql, row, params, context } = statement;
  const { maxStreams } = limits;
  const found = await reader.read({ sql, row }, { ...params, limit: maxStreams + 1 }, context);
  if (found.length <= maxStreams) return found;
  const message = `cannot list streams: got more than ${maxStreams}, want a shorter range or more label matchers`;
  throw new AppError("resource_exhausted", message);
}
