/** A time from a moment to another, in Unix milliseconds. */
export interface Span {
  /** Inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** The same time in as few spans as there can be, in order: what overlaps or meets becomes one. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last !== undefined && span.startMs <= last.endMs) {
      if (span.endMs > last.endMs) joined[joined.length - 1] = { startMs: last.startMs, endMs: span.endMs };
    } else {
      joined.push(span);
    }
  }
  return joined;
}

/** What of `within` is in none of the spans, which are in order and apart from each other. */
export function between(spans: readonly Span[], within: Span): Span[] {
  const gaps: Span[] = [];
  let fromMs = within.startMs;
  for (const span of spans) {
    if (span.endMs <= fromMs) continue;
    if (span.startMs >= within.endMs) break;
    if (span.startMs > fromMs) gaps.push({ startMs: fromMs, endMs: span.startMs });
    fromMs = span.endMs;
  }
  if (fromMs < within.endMs) gaps.push({ startMs: fromMs, endMs: within.endMs });
  return gaps;
}
