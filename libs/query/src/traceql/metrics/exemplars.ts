import type { Intervals } from "./intervals.ts";
import type { Exemplar } from "./time-series.ts";

/** A few examples, spread over the range. */
export interface ExemplarPicker {
  /** Takes an exemplar unless there are enough, there already or of its trace. */
  offer(exemplar: Exemplar, interval: number): boolean;
}

const PER_SPAN_OF_TIME = 2;

/** Keeps at most `max` exemplars of all series together, one of a trace, and no more than two of each of its parts of the range. */
export function createExemplarPicker(max: number, intervals: Intervals): ExemplarPicker {
  const parts = Math.max(1, Math.floor(max / PER_SPAN_OF_TIME));
  const counts = new Map<number, number>();
  const traces = new Set<string>();
  return {
    offer({ traceId }, interval) {
      if (traces.size >= max || traces.has(traceId)) return false;
      const part = Math.floor((interval * parts) / intervals.count);
      const count = counts.get(part) ?? 0;
      if (count >= PER_SPAN_OF_TIME) return false;
      counts.set(part, count + 1);
      traces.add(traceId);
      return true;
    },
  };
}
