import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { count, int64 } from "../query/row-types.ts";

const describeSql = readFileSync(new URL("./sql/describe-traces.sql", import.meta.url), "utf8");

const countsByService = z.record(z.string(), count);
const descriptions = {
  sql: describeSql,
  row: z.object({
    traceId: z.string(),
    root: z.tuple([z.string(), z.string()]),
    start: int64,
    duration: int64,
    spans: countsByService,
    errors: countsByService,
  }),
};

/** What is shown of a whole trace. */
export interface TraceDescription {
  /** Of the span without a parent; empty where it is missing. */
  readonly rootService: string;
  readonly rootName: string;
  readonly startUnixNano: bigint;
  /** From the earliest start to the latest end. */
  readonly durationNano: bigint;
  /** By name. */
  readonly services: readonly { readonly service: string; readonly spans: number; readonly errors: number }[];
}

/** Says what is shown of some traces, by their ids. */
export async function describeTraces(
  reader: Reader,
  traceIds: readonly string[],
  context: ReadContext,
): Promise<ReadonlyMap<string, TraceDescription>> {
  if (traceIds.length === 0) return new Map();
  const rows = await reader.read(descriptions, { traceIds }, context);
  return new Map(
    rows.map(({ traceId, root: [rootService, rootName], start, duration, spans, errors }) => [
      traceId,
      {
        rootService,
        rootName,
        startUnixNano: start,
        durationNano: duration,
        services: Object.keys(spans)
          .sort()
          .map((service) => ({ service, spans: spans[service] ?? 0, errors: errors[service] ?? 0 })),
      },
    ]),
  );
}
