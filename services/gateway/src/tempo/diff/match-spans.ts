import type { Breathe } from "@sightline/query/breath";
import { areAlike, type Likeness, likenessOf } from "./changes.ts";
import type { NormalizedSpan, NormalizedTrace } from "./normalized-trace.ts";

/** Which span of the base a span of the other trace is taken for. */
export type Matches = ReadonlyMap<NormalizedSpan, NormalizedSpan>;

/** How many spans of one likeness are looked at for one whose duration fits: there may be tens of thousands of them. */
const MAX_LOOKED_AT = 100;

/** A span and what it is compared by. */
interface Candidate {
  readonly span: NormalizedSpan;
  /** The same number for the same text of likeness. */
  readonly like: number;
  readonly likeness: Likeness;
}

interface Phase {
  /** What spans that may be matched have in common beside their identity. */
  keyOf(candidate: Candidate): string;
  fits(base: Candidate, compare: Candidate): boolean;
}

const anyway = () => true;
const isNear = (base: Candidate, compare: Candidate) => areAlike(base.likeness, compare.likeness);
const parentOf = ({ span }: Candidate) => span.parentIdentity;

/**
 * First those that are the same below the same parent, so that the order of siblings changes nothing, then those that have less and less in
 * common.
 */
const PHASES: readonly Phase[] = [
  { keyOf: (candidate) => `${candidate.like} ${parentOf(candidate)}`, fits: isNear },
  { keyOf: (candidate) => `${candidate.span.status} ${parentOf(candidate)}`, fits: anyway },
  { keyOf: parentOf, fits: anyway },
  { keyOf: ({ like }) => String(like), fits: isNear },
  { keyOf: ({ span }) => span.status, fits: anyway },
  { keyOf: () => "", fits: anyway },
];

/** Matches as many spans of two traces as have the same service, name and kind. */
export async function matchSpans(base: NormalizedTrace, compare: NormalizedTrace, breathe: Breathe): Promise<Matches> {
  const numbers = new Map<string, number>();
  const candidates = await candidatesOf(base, numbers, breathe);
  const matches = new Map<NormalizedSpan, NormalizedSpan>();
  for (const [identity, ofCompare] of await candidatesOf(compare, numbers, breathe)) {
    const ofBase = candidates.get(identity);
    if (ofBase !== undefined) await matchGroup(ofBase, ofCompare, { matches, breathe });
  }
  return matches;
}

/** By identity; `numbers` are those of the texts of likeness. */
async function candidatesOf(
  { spans }: NormalizedTrace,
  numbers: Map<string, number>,
  breathe: Breathe,
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  const candidates: Candidate[] = [];
  for (const span of spans) {
    const likeness = likenessOf(span);
    const like = numbers.get(likeness.text) ?? numbers.size;
    numbers.set(likeness.text, like);
    candidates.push({ span, like, likeness });
    await breathe();
  }
  return Map.groupBy(candidates, ({ span }) => span.identity);
}

interface Matching {
  readonly matches: Map<NormalizedSpan, NormalizedSpan>;
  readonly breathe: Breathe;
}

async function matchGroup(
  base: readonly Candidate[],
  compare: readonly Candidate[],
  { matches, breathe }: Matching,
): Promise<void> {
  const taken = new Set<Candidate>();
  for (const { keyOf, fits } of PHASES) {
    const shelves = new Map<string, Shelf>();
    for (const [key, candidates] of Map.groupBy(base, keyOf)) shelves.set(key, { candidates, head: 0 });
    for (const candidate of compare) {
      if (taken.size === base.length) return;
      if (matches.has(candidate.span)) continue;
      const shelf = shelves.get(keyOf(candidate));
      const found = shelf === undefined ? undefined : takeFrom(shelf, taken, (one) => fits(one, candidate));
      if (found !== undefined) matches.set(candidate.span, found.span);
      await breathe();
    }
  }
}

interface Shelf {
  readonly candidates: readonly Candidate[];
  /** Before it all are taken. */
  head: number;
}

/** The first that is not taken and fits. */
function takeFrom(shelf: Shelf, taken: Set<Candidate>, fits: (candidate: Candidate) => boolean): Candidate | undefined {
  const { candidates } = shelf;
  const isTaken = (at: number) => {
    const candidate = candidates[at];
    return candidate !== undefined && taken.has(candidate);
  };
  while (isTaken(shelf.head)) shelf.head += 1;
  for (const candidate of candidates.slice(shelf.head, shelf.head + MAX_LOOKED_AT)) {
    if (taken.has(candidate) || !fits(candidate)) continue;
    taken.add(candidate);
    return candidate;
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
