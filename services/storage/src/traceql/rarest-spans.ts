import { readFileSync } from "node:fs";
import type { SpanCondition } from "@sightline/query/traceql/condition";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { count } from "../query/row-types.ts";
import { fill } from "../query/statement.ts";
import { createBind } from "./bind.ts";
import type { SearchedTime } from "./read-traces.ts";
import { spansSql } from "./span-hints.ts";

const countTemplate = readFileSync(new URL("./sql/count-spans.sql", import.meta.url), "utf8");
const row = z.object({ spans: count });

/** One of several conditions, and for how many spans it holds. */
export interface RarestSpans {
  readonly spans: SpanCondition;
  readonly count: number;
}

/** The condition that holds for the fewest spans of a time; null when there are none to choose from. */
export async function rarestSpans(
  reader: Reader,
  conditions: readonly SpanCondition[],
  { time, context }: { readonly time: SearchedTime; readonly context: ReadContext },
): Promise<RarestSpans | null> {
  const bounds = { start: String(time.startUnixNano), end: String(time.endUnixNano) };
  let rarest: RarestSpans | null = null;
  for (const spans of conditions) {
    const { bind, params } = createBind();
    const sql = fill(countTemplate, { spans: spansSql(spans, bind) });
    const [counted] = await reader.read({ sql, row }, { ...params, ...bounds }, context);
    const found = counted?.spans ?? 0;
    if (rarest === null || found < rarest.count) rarest = { spans, count: found };
  }
  return rarest;
}
