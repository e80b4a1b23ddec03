/** A span of time, seconds since the Unix epoch; `until` is exclusive. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export const FIVE_MINUTES = 300;
export const HOUR = 3600;
export const DAY = 86_400;

/** The last multiple of a width that is not behind a time. */
export function floorTo(width: number, seconds: number): number {
  return Math.floor(seconds / width) * width;
}

/** A span cut at the multiples of a width. */
export function* piecesOf({ from, until }: Span, width: number): Generator<Span> {
  for (let start = from; start < until; ) {
    const end = Math.min(until, floorTo(width, start) + width);
    yield { from: start, until: end };
    start = end;
  }
}

/** Neighbouring buckets put together. */
export function joinBuckets(starts: readonly number[], width: number): Span[] {
  const spans: Span[] = [];
  for (const from of starts) {
    const last = spans.at(-1);
    if (last?.until === from) spans[spans.length - 1] = { from: last.from, until: from + width };
    else spans.push({ from, until: from + width });
  }
  return spans;
}
