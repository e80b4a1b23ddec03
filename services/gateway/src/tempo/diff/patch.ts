import { AppError } from "@sightline/errors/app-error";
import type { Breathe } from "@sightline/query/breath";
import { type Change, changesOf } from "./changes.ts";
import { countAmbiguous, matchSpans } from "./match-spans.ts";
import {
  type NormalizedSpan,
  type NormalizedTrace,
  type Place,
  type SpanRef,
  VARYING_NAME,
  type Warning,
} from "./normalized-trace.ts";

/** A span and where it is: which of its siblings it and those above it are, from the root down. */
interface PlacedRef extends SpanRef {
  readonly path: readonly number[];
}

/** A span that one of the traces has not. */
export interface SpanChange {
  readonly target: object;
  readonly span: PlacedRef & { readonly duration_nanos: number; readonly status: string };
}

/** What has to be done to one trace to make another one of it (Tempo's `trace-patch-v0`). */
export interface TracePatch {
  readonly version: "trace-patch-v0";
  readonly base: TraceMeta;
  readonly compare: TraceMeta;
  readonly stats: {
    readonly spanCountA: number;
    readonly spanCountB: number;
    readonly matchedSpans: number;
    readonly modifiedSpans: number;
    readonly addedSpans: number;
    readonly removedSpans: number;
    readonly fieldChanges: number;
    readonly attributeChanges: number;
    /** Events are not compared. */
    readonly eventChanges: 0;
    readonly truncated: false;
  };
  readonly modified: readonly { readonly span: PlacedRef; readonly changes: readonly Change[] }[];
  readonly added: readonly SpanChange[];
  readonly removed: readonly SpanChange[];
  readonly warnings: readonly Warning[];
}

interface TraceMeta {
  readonly traceId: string;
  readonly spanCount: number;
}

/** What the paths of all spans of a patch may take: with tens of thousands of spans, each below the one before, they would fill the memory. */
const MAX_PATH_STEPS = 2_000_000;

/** Compares two traces span by span. Throws too_large when too many spans that differ are too deep. */
export async function patchOf(base: NormalizedTrace, compare: NormalizedTrace, breathe: Breathe): Promise<TracePatch> {
  const matches = await matchSpans(base, compare, breathe);
  const matched = new Set(matches.values());
  const changed: { readonly span: NormalizedSpan; readonly changes: readonly Change[] }[] = [];
  for (const span of compare.spans) {
    const before = matches.get(span);
    const changes = before === undefined ? [] : changesOf(before, span);
    if (changes.length > 0) changed.push({ span, changes });
    await breathe();
  }
  const come = compare.spans.filter((span) => !matches.has(span));
  const gone = base.spans.filter((span) => !matched.has(span));
  assertShallow([...changed.map(({ span }) => span), ...come, ...gone]);
  const modified = changed.map(({ span, changes }) => ({ span: placedRef(span), changes }));
  const added = come.map(addedSpan);
  const removed = gone.map(removedSpan);
  const changes = modified.flatMap((one) => one.changes);
  const countOf = (type: Change["target"]["type"]) => changes.filter(({ target }) => target.type === type).length;
  return {
    version: "trace-patch-v0",
    base: metaOf(base),
    compare: metaOf(compare),
    stats: {
      spanCountA: base.spanCount,
      spanCountB: compare.spanCount,
      matchedSpans: matches.size,
      modifiedSpans: modified.length,
      addedSpans: added.length,
      removedSpans: removed.length,
      fieldChanges: countOf("field"),
      attributeChanges: countOf("attribute"),
      eventChanges: 0,
      truncated: false,
    },
    modified,
    added,
    removed,
    warnings: [...warningsOf(base, compare), ...ambiguity(countAmbiguous(base, compare))],
  };
}

function metaOf({ traceId, spanCount }: NormalizedTrace): TraceMeta {
  return { traceId, spanCount };
}

function assertShallow(spans: readonly NormalizedSpan[]): void {
  const steps = spans.reduce((sum, { place }) => sum + place.depth, 0);
  if (steps <= MAX_PATH_STEPS) return;
  const problem = `${spans.length} spans differ, ${Math.round(steps / spans.length)} levels deep on average`;
  throw new AppError("too_large", `trace diff output too large: ${problem}`);
}

function addedSpan(span: NormalizedSpan): SpanChange {
  const snapshot = snapshotOf(span);
  const parentPath = snapshot.path.slice(0, -1);
  return { target: { type: "span", parentPath, index: span.place.index }, span: snapshot };
}

function removedSpan(span: NormalizedSpan): SpanChange {
  const snapshot = snapshotOf(span);
  return { target: { type: "span", path: snapshot.path }, span: snapshot };
}

function snapshotOf(span: NormalizedSpan): SpanChange["span"] {
  return { ...placedRef(span), duration_nanos: span.durationNanos ?? 0, status: span.status };
}

function placedRef({ ref, place }: NormalizedSpan): PlacedRef {
  const path: number[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) path.push(at.index);
  return { path: path.reverse(), ...ref };
}

/** Both sides may have names that vary; that is said once. */
function warningsOf(base: NormalizedTrace, compare: NormalizedTrace): readonly Warning[] {
  const isSaid = base.warnings.some(({ code }) => code === VARYING_NAME);
  return [...base.warnings, ...compare.warnings.filter(({ code }) => !(isSaid && code === VARYING_NAME))];
}

function ambiguity(groups: number): readonly Warning[] {
  if (groups === 0) return [];
  const message = `of ${groups} kind(s) of span there are several that could be matched otherwise: what changed least is assumed`;
  return [{ code: "ambiguous_span_match", message }];
}
