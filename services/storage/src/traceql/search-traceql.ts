import type { SpanCondition, TraceCondition } from "@sightline/query/traceql/condition";
import { neededSpans } from "@sightline/query/traceql/needed-spans";
import type { SearchPlan } from "@sightline/query/traceql/plan";
import { createSearch, type FoundSpanset } from "@sightline/query/traceql/search";
import type { ReadContext, Reader } from "../query/reader.ts";
import type { TraceQlLimits } from "./limits.ts";
import { rarestSpans } from "./rarest-spans.ts";
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
  /** So many spans in the newest piece of time are few: their traces are read before anything else is known of them. Default 1000. */
  readonly fewSpans?: number;
}

/** Traces that are read at once to begin with: what is asked for may well be in the first. */
const FIRST_BATCH = 20;
const LARGEST_BATCH = 320;
const FEW_SPANS = 1000;
/** After so many traces that were read for that it shows that something else about them is what is rare. */
const MOST_LED = 2000;

/**
 * Finds traces, those with the newest spans first: asks the database which may hold what is looked for, reads what the plan needs of
 * them, some at a time, and looks. Goes back in time from the end, and no further than it has to. Gives what it found as it
 * goes, and at least one progress.
 *
 * Where a trace must have spans of several conditions, no piece of time shows whether it has all of them. When one of them is rare
 * the traces with such spans are read, piece by piece; else the whole time is asked for traces with all.
 */
export async function* searchTraceQl(reader: Reader, plan: SearchPlan, run: SearchRun): AsyncGenerator<SearchProgress> {
  const { time } = run.search;
  const look = createLook(reader, plan, run);
  if (plan.traces.type === "some") {
    yield* look.atAll(windowsOf(time), plan.traces);
    return;
  }
  const lead = await rareSpans(reader, plan, run);
  if (lead !== null && (yield* look.led(windowsOf(time), lead))) return;
  yield* look.atAll([time], plan.traces);
}

/** What few spans are of those that every trace has which may be found; null when all are frequent. */
async function rareSpans(reader: Reader, plan: SearchPlan, { search, context, fewSpans = FEW_SPANS }: SearchRun) {
  const [newest = search.time] = windowsOf(search.time);
  const rarest = await rarestSpans(reader, neededSpans(plan.traces), { time: newest, context });
  return rarest === null || rarest.count > fewSpans ? null : rarest.spans;
}

function createLook(reader: Reader, plan: SearchPlan, { search, context, limits }: SearchRun) {
  const { limit, spansPerSpanset } = search;
  const find = createSearch(plan, { spansPerSpanset });
  const seen = new Set<string>();
  let found = 0;
  let spansRead = 0;
  let isLimited = false;
  const progress = (traces: readonly MatchedTrace[], reachedUnixNano: bigint): SearchProgress => {
    return { traces, tracesRead: seen.size, spansRead, reachedUnixNano, isLimited };
  };
  const candidates = async (time: SearchedTime, traces: TraceCondition) =>
    await findTraces(reader, { ...plan, traces }, { time, limit: limits.maxCandidates, context });

  async function readSome(traceIds: readonly string[]): Promise<readonly MatchedTrace[]> {
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
    return matched;
  }

  /** Reads those of a piece that were not read before, until enough are found or `mostSeen` were read. */
  async function* read(piece: SearchedTime, traceIds: readonly string[], mostSeen: number) {
    const unseen = traceIds.filter((traceId) => !seen.has(traceId));
    let from = 0;
    for (let size = Math.max(FIRST_BATCH, limit); from < unseen.length; size = Math.min(2 * size, LARGEST_BATCH)) {
      if (found >= limit || seen.size >= mostSeen) return;
      const matched = await readSome(unseen.slice(from, from + size));
      if (matched.length > 0) yield progress(matched, piece.endUnixNano);
      from += size;
    }
    yield progress([], piece.startUnixNano);
  }

  return {
    /** Looks at all that may hold what is looked for, in one piece of time after the other. */
    async *atAll(pieces: Iterable<SearchedTime>, traces: TraceCondition): AsyncGenerator<SearchProgress> {
      for (const piece of pieces) {
        const isOver = seen.size >= limits.maxCandidates;
        isLimited ||= isOver;
        if (isOver || found >= limit) return;
        const traceIds = await candidates(piece, traces);
        isLimited ||= traceIds.length >= limits.maxCandidates;
        yield* read(piece, traceIds, Number.POSITIVE_INFINITY);
      }
    },
    /** Looks at traces with some spans; answers false when there are too many of them for that. */
    async *led(pieces: Iterable<SearchedTime>, lead: SpanCondition): AsyncGenerator<SearchProgress, boolean> {
      for (const piece of pieces) {
        if (found >= limit) return true;
        const traceIds = await candidates(piece, { type: "some", spans: lead });
        if (traceIds.length >= limits.maxCandidates) return false;
        yield* read(piece, traceIds, MOST_LED);
        if (found < limit && seen.size >= MOST_LED) return false;
      }
      return true;
    },
  };
}
