import { ALWAYS, anyOf, type SpanCondition, type TraceCondition } from "./condition.ts";

/**
 * Conditions of which each holds for a span of every trace that may be found: whoever knows the traces with spans of one of them
 * has to look at no others. Those that hold for all spans are left out; none are left where nothing is known.
 */
export function neededSpans(traces: TraceCondition): readonly SpanCondition[] {
  return alternatives(traces).filter(({ type }) => type !== "always");
}

function alternatives(traces: TraceCondition): readonly SpanCondition[] {
  switch (traces.type) {
    case "some":
      return [traces.spans];
    case "all":
      return traces.of.flatMap(alternatives);
    case "any":
      // One of each side: which of a side's is rarest nobody knows yet.
      return [anyOf(traces.of.map((side) => neededSpans(side)[0] ?? ALWAYS))];
  }
}
