/** Some time that is asked for. */
interface Asked {
  readonly startMs: number;
  readonly endMs: number;
}

/** Those that are read together, and the times that all of theirs lie in. */
export interface Together<T> {
  readonly all: readonly T[];
  readonly startMs: number;
  readonly endMs: number;
}

/** So much longer than the shortest may be what is read together, milliseconds: parts of some minutes are read as a whole. */
const SLACK_MS = 300_000;

/**
 * Puts those together that ask for about the same time: what is read for all of them is at most twice as long as what the shortest asks
 * for, or five minutes longer.
 */
export function togetherByTime<T extends Asked>(asked: readonly T[]): Together<T>[] {
  const groups: { all: T[]; startMs: number; endMs: number; readonly maxMs: number }[] = [];
  for (const one of asked.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const { startMs, endMs } = one;
    const group = groups.find((other) => lengthOf(joined(other, one)) <= other.maxMs);
    if (group === undefined) {
      groups.push({ all: [one], startMs, endMs, maxMs: Math.max(2 * lengthOf(one), lengthOf(one) + SLACK_MS) });
      continue;
    }
    group.all.push(one);
    group.startMs = Math.min(group.startMs, startMs);
    group.endMs = Math.max(group.endMs, endMs);
  }
  return groups;
}

function lengthOf({ startMs, endMs }: Asked): number {
  return endMs - startMs;
}

function joined(a: Asked, b: Asked): Asked {
  return { startMs: Math.min(a.startMs, b.startMs), endMs: Math.max(a.endMs, b.endMs) };
}

/** Cuts a list into pieces, each of which has at most so much in it; one that has more by itself is a piece. */
export function piecesOf<T>(all: readonly T[], sizeOf: (one: T) => number, max: number): T[][] {
  const pieces: T[][] = [];
  let size = 0;
  for (const one of all) {
    const piece = pieces.at(-1);
    const own = sizeOf(one);
    if (piece === undefined || size + own > max) {
      pieces.push([one]);
      size = own;
    } else {
      piece.push(one);
      size += own;
    }
  }
  return pieces;
}
