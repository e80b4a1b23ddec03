import { anyOf, type SpanCondition, type TraceCondition } from "@sightline/query/traceql/condition";
import type { Bind } from "./bind.ts";
import { spanConditionSql } from "./span-conditions.ts";

/** A condition on traces as SQL over rows of otel_traces that are grouped by trace. */
export function traceConditionSql(condition: TraceCondition, bind: Bind): string {
  if (condition.type === "some") return `max(${spanConditionSql(condition.spans, bind)}) = 1`;
  const joined = condition.of.map((of) => traceConditionSql(of, bind));
  return `(${joined.join(condition.type === "all" ? " AND " : " OR ")})`;
}

/** The spans that a condition on traces looks at; no others have to be read to find the traces. */
export function spansLookedAt(condition: TraceCondition): SpanCondition {
  return condition.type === "some" ? condition.spans : anyOf(condition.of.map(spansLookedAt));
}
