import { allSpans, compilePipeline, type SpansetAttribute } from "./pipeline.ts";
import type { SearchPlan } from "./plan.ts";
import { readerOf } from "./read-field.ts";
import { DURATION, SPAN_ID, SPAN_NAME, START } from "./stored-field.ts";
import { layoutOf, type Trace, type TraceColumns, traceOf } from "./trace.ts";

/** A span that was found. */
export interface FoundSpan {
  readonly spanId: string;
  readonly name: string;
  readonly startUnixNano: bigint;
  readonly durationNanos: number;
  /** What was selected or asked for and is there, by its name without scope, which is how Tempo's answers have it. */
  readonly attributes: readonly SpansetAttribute[];
}

/** Spans of one trace that were found together. */
export interface FoundSpanset {
  /** The first of them, as many as are wanted. */
  readonly spans: readonly FoundSpan[];
  /** How many there are. */
  readonly matched: number;
  /** What by() grouped them by, and aggregates. */
  readonly attributes: readonly SpansetAttribute[];
}

/**
 * Looks at one trace after the other, whose columns are those of the plan: gives what the query finds in it, nothing when it finds
 * nothing. At most `spansPerSpanset` spans of each are given, all when it is 0. Throws invalid_argument when the
 * query cannot be run on what by() gave.
 */
export function createSearch(plan: SearchPlan, options: { readonly spansPerSpanset: number }) {
  const layout = layoutOf(plan.fields);
  const run = compilePipeline(plan.elements, layout);
  const shown = plan.shown.map((field) => ({
    name: field.type === "attribute" ? field.name : field.intrinsic,
    read: readerOf(field, layout),
  }));
  const columns = { id: SPAN_ID, name: SPAN_NAME, start: START, duration: DURATION } as const;
  const [id, name, start, duration] = [columns.id, columns.name, columns.start, columns.duration].map(layout.columnOf);
  const most = options.spansPerSpanset === 0 ? Number.POSITIVE_INFINITY : options.spansPerSpanset;

  const foundSpan = (trace: Trace, span: number): FoundSpan => {
    const cell = (column: number | undefined) => trace.columns[column ?? -1]?.[span] ?? null;
    const began = cell(start);
    return {
      spanId: String(cell(id) ?? ""),
      name: String(cell(name) ?? ""),
      startUnixNano: typeof began === "bigint" ? began : 0n,
      durationNanos: Number(cell(duration) ?? 0),
      attributes: shown
        .map((field) => ({ name: field.name, value: field.read(trace, span) }))
        .filter(({ value }) => value !== null),
    };
  };
  return (columnsOfTrace: TraceColumns): readonly FoundSpanset[] => {
    const trace = traceOf(columnsOfTrace, layout);
    return run(trace, [allSpans(trace)]).map(({ spans, attributes }) => ({
      spans: spans.slice(0, most).map((span) => foundSpan(trace, span)),
      matched: spans.length,
      attributes,
    }));
  };
}
