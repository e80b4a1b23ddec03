import { readFileSync } from "node:fs";
import type { ReadPlan } from "@sightline/query/traceql/plan";
import type { TraceColumns } from "@sightline/query/traceql/trace";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { attributes } from "../query/row-types.ts";
import { fill } from "../query/statement.ts";
import { createBind } from "./bind.ts";
import { cellOf, spanCell } from "./span-cells.ts";
import { spanConditionSql } from "./span-conditions.ts";
import { spansSql } from "./span-hints.ts";
import { spansLookedAt, traceConditionSql } from "./trace-conditions.ts";

const findTemplate = readFileSync(new URL("./sql/find-traces.sql", import.meta.url), "utf8");
const readTemplate = readFileSync(new URL("./sql/read-traces.sql", import.meta.url), "utf8");

/** The time that traces are looked for in; nanoseconds since the Unix epoch, the end exclusive. */
export interface SearchedTime {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

/** The ids of traces that may hold what a plan looks for, the newest first. */
export async function findTraces(
  reader: Reader,
  plan: ReadPlan,
  { time, limit, context }: { time: SearchedTime; limit: number; context: ReadContext },
): Promise<string[]> {
  const { bind, params } = createBind();
  const sql = fill(findTemplate, {
    spans: spansSql(spansLookedAt(plan.traces), bind),
    traces: traceConditionSql(plan.traces, bind),
  });
  const bounds = { start: String(time.startUnixNano), end: String(time.endUnixNano), limit };
  const rows = await reader.read({ sql, row: z.object({ traceId: z.string() }) }, { ...params, ...bounds }, context);
  return rows.map(({ traceId }) => traceId);
}

/**
 * The columns that a plan asks for of some traces, in the order of their ids. A trace with more than `maxSpans` spans together with
 * those before it is left out, as those after it: `isCut`.
 */
export async function readTraces(
  reader: Reader,
  plan: ReadPlan,
  { traceIds, maxSpans, context }: { traceIds: readonly string[]; maxSpans: number; context: ReadContext },
): Promise<{ readonly traces: readonly TraceColumns[]; readonly isCut: boolean }> {
  const { bind, params } = createBind();
  const cells = plan.fields.map((field) => spanCell(field, bind));
  const maps = plan.allAttributes ? ["SpanAttributes AS ofSpan", "ResourceAttributes AS ofResource"] : [];
  const sql = fill(readTemplate, {
    columns: [...cells.map((cell, at) => `${cell.sql} AS c${at}`), ...maps].join(",\n    "),
    spans: spanConditionSql(plan.spans, bind),
  });
  const row = z.object({
    traceId: z.string(),
    ofSpan: attributes.optional(),
    ofResource: attributes.optional(),
    ...Object.fromEntries(cells.map((cell, at) => [`c${at}`, cell.read])),
  });
  const rows = await reader.read({ sql, row }, { ...params, traceIds, limit: maxSpans + 1 }, context);
  const isCut = rows.length > maxSpans;
  const byTrace = Map.groupBy(rows, ({ traceId }) => traceId);
  if (isCut) byTrace.delete(rows.at(-1)?.traceId ?? "");
  const traces = [...byTrace].map(([traceId, spans]) => ({
    traceId,
    spanCount: spans.length,
    columns: cells.map((_, at) => spans.map((span) => cellOf(Reflect.get(span, `c${at}`)))),
    eachAttribute(at: number, give: (name: string, value: string) => void) {
      for (const [name, value] of Object.entries(spans[at]?.ofSpan ?? {})) give(`span.${name}`, value);
      for (const [name, value] of Object.entries(spans[at]?.ofResource ?? {})) give(`resource.${name}`, value);
    },
  }));
  return { traces, isCut };
}
