import type { Range } from "@sightline/otlp/range";
import type { Wire } from "@sightline/otlp/wire";

export interface TraceSampleOptions {
  /** So many spans a second are counted one by one. */
  readonly maxSpansPerSecond: number;
  readonly startMs: number;
}

/**
 * Which traces are counted. All while there are few spans; when there are more, every second trace, every fourth, …, and
 * each of their spans stands for so many. Whether a trace is counted is told by its id alone, so that all of it is, in
 * every process.
 */
export interface TraceSample {
  /** Told of every span once. */
  takes(wire: Wire, traceId: Range): boolean;
  /** How many spans each one that is counted stands for: a power of two. */
  weight(): number;
  /** When the weight changed last; milliseconds. Of what came around then one end may have been counted, and the other not. */
  changedMs(): number;
  /** Sets the weight for the spans to come, by how many there were since it was set last. Call it often. */
  adjust(nowMs: number): void;
}

const ADJUST_INTERVAL_MS = 1000;
/** The weight falls only when there would be so much room then, lest it goes up and down. */
const ROOM = 0.7;
const MAX_DOUBLINGS = 16;
/** W3C Trace Context Level 2 wants the last seven bytes of a trace id to be random; Jaeger's short ones have eight. */
const RANDOM_BYTES = 4;
const RANDOM_BITS = 8 * RANDOM_BYTES;

export function createTraceSample({ maxSpansPerSecond, startMs }: TraceSampleOptions): TraceSample {
  let doublings = 0;
  let seen = 0;
  let sinceMs = startMs;
  let changedMs = Number.NEGATIVE_INFINITY;
  const doublingsFor = (spansPerSecond: number) =>
    Math.min(MAX_DOUBLINGS, Math.max(0, Math.ceil(Math.log2(spansPerSecond / maxSpansPerSecond))));
  return {
    takes({ view }, { start, end }) {
      seen += 1;
      if (doublings === 0 || end - start < RANDOM_BYTES) return true;
      return view.getUint32(end - RANDOM_BYTES) >>> (RANDOM_BITS - doublings) === 0;
    },
    weight: () => 2 ** doublings,
    changedMs: () => changedMs,
    adjust(nowMs) {
      const elapsedMs = nowMs - sinceMs;
      if (elapsedMs < ADJUST_INTERVAL_MS) return;
      const spansPerSecond = (seen * 1000) / elapsedMs;
      seen = 0;
      sinceMs = nowMs;
      const wanted = Math.max(doublingsFor(spansPerSecond), Math.min(doublings, doublingsFor(spansPerSecond / ROOM)));
      if (wanted === doublings) return;
      doublings = wanted;
      changedMs = nowMs;
    },
  };
}
