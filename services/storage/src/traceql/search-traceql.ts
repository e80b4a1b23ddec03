import type { SearchPlan } from "@sightline/query/traceql/plan";
import { createSearch, type FoundSpanset } from "@sightline/query/traceql/search";
import type { ReadContext, Reader } from "../query/reader.ts";
import type { TraceQlLimits } from "./limits.ts";
import { findTraces, readTraces, type SearchedTime } from "./read-traces.ts";
import { windowsOf } from "./search-windows.ts";

export interface TraceQlSearch {
  readonly time: SearchedTime;
  /** How many traces are wanted. */
  readonly limit: number;
  /** Spans given of each spanset; 0 for all. */
  readonly spansPerSpanset: number;
}

export interface MatchedTrace {
  readonly traceId: string;
  readonly spansets: readonly FoundSpanset[];
}

/** What was found since the last one was given, and how far the search is. */
export interface SearchProgress {
  readonly traces: readonly MatchedTrace[];
  /** Of the whole search so far. */
  readonly tracesRead: number;
  readonly spansRead: number;
  /** What is newer was looked at; nanoseconds since the Unix epoch. */
  readonly reachedUnixNano: bigint;
  /** Whether there may be more than was looked at. */
  readonly isLimited: boolean;
}

interface SearchRun {
  readonly search: TraceQlSearch;
  readonly context: ReadContext;
  readonly limits: TraceQlLimits;
}

/** Traces that are read at once to begin with: what is asked for may well be in the first. */
const FIRST_BATCH = 20;
const LARGEST_BATCH = 320;

/**
 * Finds traces, those with the newest spans first: asks the database which may hold what is looked for, reads what the plan needs of
 * them, some at a time, and looks. Goes back in time from the end, and no further than it has to. Gives what it found as it
 * goes, and at least one progress.
 */
export async function* searchTraceQl(
  reader: Reader,
  plan: SearchPlan,
  { search, context, limits }: SearchRun,
): AsyncGenerator<SearchProgress> {
  const { time, limit, spansPerSpanset } = search;
  const find = createSearch(plan, { spansPerSpanset });
  const seen = new Set<string>();
  let found = 0;
  let spansRead = 0;
  let isLimited = false;
  // A trace must have spans of several conditions in the time: pieces of it would not show that.
  const windows = plan.traces.type === "some" ? windowsOf(time) : [time];
  for (const window of windows) {
    const isOver = seen.size >= limits.maxCandidates;
    isLimited ||= isOver;
    if (isOver || found >= limit) break;
    const candidates = await findTraces(reader, plan, { time: window, limit: limits.maxCandidates, context });
    const unseen = candidates.filter((traceId) => !seen.has(traceId));
    isLimited ||= candidates.length >= limits.maxCandidates;
    let size = Math.max(FIRST_BATCH, limit);
    for (let from = 0; from < unseen.length && found < limit; from += size, size = Math.min(2 * size, LARGEST_BATCH)) {
      const traceIds = unseen.slice(from, from + size);
      const { traces, isCut } = await readTraces(reader, plan, { traceIds, maxSpans: limits.maxSpansAtOnce, context });
      isLimited ||= isCut;
      for (const traceId of traceIds) seen.add(traceId);
      spansRead += traces.reduce((sum, { spanCount }) => sum + spanCount, 0);
      const spansets = new Map(traces.map((columns) => [columns.traceId, find(columns)]));
      const matched = traceIds
        .map((traceId) => ({ traceId, spansets: spansets.get(traceId) ?? [] }))
        .filter((trace) => trace.spansets.length > 0)
        .slice(0, limit - found);
      found += matched.length;
      if (matched.length === 0) continue;
      yield { traces: matched, tracesRead: seen.size, spansRead, reachedUnixNano: window.endUnixNano, isLimited };
    }
    yield { traces: [], tracesRead: seen.size, spansRead, reachedUnixNano: window.startUnixNano, isLimited };
  }
}
