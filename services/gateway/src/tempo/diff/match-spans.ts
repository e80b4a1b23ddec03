import { areAlike, likenessOf } from "./changes.ts";
import type { NormalizedSpan, NormalizedTrace } from "./normalized-trace.ts";

/** Which span of the base a span of the other trace is taken for. */
export type Matches = ReadonlyMap<NormalizedSpan, NormalizedSpan>;

/** How many spans of one likeness are looked at for one whose duration fits: there may be tens of thousands of them. */
const MAX_LOOKED_AT = 100;

interface Phase {
  /** What spans that may be matched have in common beside their identity. */
  keyOf(span: NormalizedSpan): string;
  fits(base: NormalizedSpan, compare: NormalizedSpan): boolean;
}

const anyway = () => true;
const parentOf = ({ parentIdentity }: NormalizedSpan) => parentIdentity;

/**
 * First those that are the same below the same parent, so that the order of siblings changes nothing, then those that have less and less in
 * common.
 */
const PHASES: readonly Phase[] = [
  { keyOf: (span) => JSON.stringify([parentOf(span), likenessOf(span)]), fits: areAlike },
  { keyOf: (span) => JSON.stringify([parentOf(span), span.status]), fits: anyway },
  { keyOf: parentOf, fits: anyway },
  { keyOf: likenessOf, fits: areAlike },
  { keyOf: ({ status }) => status, fits: anyway },
  { keyOf: () => "", fits: anyway },
];

/** Matches as many spans of two traces as have the same service, name and kind. */
export function matchSpans(base: NormalizedTrace, compare: NormalizedTrace): Matches {
  const candidates = Map.groupBy(base.spans, ({ identity }) => identity);
  const matches = new Map<NormalizedSpan, NormalizedSpan>();
  for (const [identity, spans] of Map.groupBy(compare.spans, ({ identity }) => identity)) {
    const ofBase = candidates.get(identity);
    if (ofBase !== undefined) matchGroup(ofBase, spans, matches);
  }
  return matches;
}

function matchGroup(
  base: readonly NormalizedSpan[],
  compare: readonly NormalizedSpan[],
  matches: Map<NormalizedSpan, NormalizedSpan>,
): void {
  const taken = new Set<NormalizedSpan>();
  for (const { keyOf, fits } of PHASES) {
    const shelves = new Map<string, Shelf>();
    for (const [key, spans] of Map.groupBy(base, keyOf)) shelves.set(key, { spans, head: 0 });
    for (const span of compare) {
      if (taken.size === base.length) return;
      if (matches.has(span)) continue;
      const shelf = shelves.get(keyOf(span));
      const found = shelf === undefined ? undefined : takeFrom(shelf, taken, (one) => fits(one, span));
      if (found !== undefined) matches.set(span, found);
    }
  }
}

interface Shelf {
  readonly spans: readonly NormalizedSpan[];
  /** Before it all are taken. */
  head: number;
}

/** The first that is not taken and fits. */
function takeFrom(
  shelf: Shelf,
  taken: Set<NormalizedSpan>,
  fits: (span: NormalizedSpan) => boolean,
): NormalizedSpan | undefined {
  const { spans } = shelf;
  const isTaken = (at: number) => {
    const span = spans[at];
    return span !== undefined && taken.has(span);
  };
  while (isTaken(shelf.head)) shelf.head += 1;
  for (const span of spans.slice(shelf.head, shelf.head + MAX_LOOKED_AT)) {
    if (taken.has(span) || !fits(span)) continue;
    taken.add(span);
    return span;
  }
  return undefined;
}

/**
 * Of how many identities there are several spans below the same parent, or several that were left over: which is which cannot be known of
 * them.
 */
export function countAmbiguous(base: NormalizedTrace, compare: NormalizedTrace): number {
  const ofBase = Map.groupBy(base.spans, ({ identity }) => identity);
  const ofCompare = Map.groupBy(compare.spans, ({ identity }) => identity);
  let ambiguous = 0;
  for (const [identity, spans] of ofCompare) {
    if (isAmbiguous(countParents(ofBase.get(identity) ?? []), countParents(spans))) ambiguous += 1;
  }
  return ambiguous;
}

function countParents(spans: readonly NormalizedSpan[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { parentIdentity } of spans) counts.set(parentIdentity, (counts.get(parentIdentity) ?? 0) + 1);
  return counts;
}

function isAmbiguous(base: ReadonlyMap<string, number>, compare: ReadonlyMap<string, number>): boolean {
  let leftOfBase = 0;
  let leftOfCompare = 0;
  for (const parent of new Set([...base.keys(), ...compare.keys()])) {
    const [one, other] = [base.get(parent) ?? 0, compare.get(parent) ?? 0];
    const paired = Math.min(one, other);
    if (paired > 0 && Math.max(one, other) > 1) return true;
    leftOfBase += one - paired;
    leftOfCompare += other - paired;
  }
  return leftOfBase > 0 && leftOfCompare > 0 && Math.max(leftOfBase, leftOfCompare) > 1;
}
