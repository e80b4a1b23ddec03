import type { SearchPlan } from "@sightline/query/traceql/plan";
import { createSearch, type FoundSpanset } from "@sightline/query/traceql/search";
import type { ReadContext, Reader } from "../query/reader.ts";
import { findTraces, readTraces, type SearchedTime } from "./read-traces.ts";

export interface TraceQlSearch {
  readonly time: SearchedTime;
  /** How many traces are wanted. */
  readonly limit: number;
  /** Spans given of each spanset; 0 for all. */
  readonly spansPerSpanset: number;
}

/** What a search may look at. */
export interface TraceQlLimits {
  /** Traces that may hold what is looked for. */
  readonly maxCandidates: number;
  /** Spans read at once. */
  readonly maxSpansAtOnce: number;
}

export const DEFAULT_TRACEQL_LIMITS: TraceQlLimits = { maxCandidates: 5000, maxSpansAtOnce: 200_000 };

export interface FoundTrace {
  readonly traceId: string;
  readonly spansets: readonly FoundSpanset[];
}

/** Traces that are read at once to begin with: what is asked for may well be in the first. */
const FIRST_BATCH = 20;
const LARGEST_BATCH = 320;

/**
 * Finds traces, those with the newest spans first: asks the database which may hold what is looked for, reads what the plan needs of
 * them, some at a time, and looks. `isLimited` when there may be more than was looked at.
 */
export async function searchTraceQl(
  reader: Reader,
  plan: SearchPlan,
  {
    search,
    context,
    limits = DEFAULT_TRACEQL_LIMITS,
  }: { search: TraceQlSearch; context: ReadContext; limits?: TraceQlLimits },
): Promise<{ readonly traces: readonly FoundTrace[]; readonly isLimited: boolean }> {
  const { time, limit, spansPerSpanset } = search;
  const find = createSearch(plan, { spansPerSpanset });
  const candidates = await findTraces(reader, plan, { time, limit: limits.maxCandidates, context });
  const found: FoundTrace[] = [];
  let isLimited = candidates.length >= limits.maxCandidates;
  let size = Math.max(FIRST_BATCH, limit);
  for (
    let from = 0;
    from < candidates.length && found.length < limit;
    from += size, size = Math.min(2 * size, LARGEST_BATCH)
  ) {
    const traceIds = candidates.slice(from, from + size);
    const { traces, isCut } = await readTraces(reader, plan, { traceIds, maxSpans: limits.maxSpansAtOnce, context });
    isLimited ||= isCut;
    const spansets = new Map(traces.map((columns) => [columns.traceId, find(columns)]));
    for (const traceId of traceIds) {
      const of = spansets.get(traceId) ?? [];
      if (of.length > 0 && found.length < limit) found.push({ traceId, spansets: of });
    }
  }
  return { traces: found, isLimited };
}
