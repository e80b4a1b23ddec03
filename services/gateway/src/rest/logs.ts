import { invalid } from "@sightline/errors/app-error";
import { parseSeverity, severityNames } from "@sightline/events/severity";
import type { Severity } from "@sightline/model/severity";
import type { Clock } from "@sightline/model/time";
import { SearchLogsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import type { Storage } from "../clients.ts";
import { logRecordForm, logRecordToJson } from "../json/logs.ts";
import { momentOf, momentOrNull } from "../json/scalars.ts";
import { count, list, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

/** From which OpenTelemetry severity number on a record has the severity. */
const lowestNumber: Readonly<Record<Severity, number>> = { debug: 5, info: 9, warning: 13, error: 17, critical: 21 };

/** The severity number of a severity's name in any spelling; 0 for "". */
export function lowestSeverityNumber(name: string): number {
  if (name === "") return 0;
  const severity = parseSeverity(name);
  if (severity === undefined)
    throw invalid(`cannot read minSeverity: got ${JSON.stringify(name)}, want ${severityNames}`);
  return lowestNumber[severity];
}

export function logRoutes(storage: Storage, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/logs",
      operation: "searchLogs",
      summary: "Search log records",
      tag: "logs",
      access: "query",
      takesAttributes: true,
      query: z.strictObject({
        ...rangeQuery,
        q: z
          .string()
          .default("")
          .describe('Words that must all occur; "quoted words" as a phrase; -word must not occur'),
        service: list,
        minSeverity: z.string().default(""),
        traceId: z.string().default(""),
        limit: count,
        cursor: z.string().default(""),
        order: z.enum(["asc", "desc"]).default("desc"),
        recordsOnly: z
          .enum(["true", "false"])
          .default("false")
          .describe("Leaves out the time line and the total: the newest of a stream are found sooner"),
      }),
      answer: z.object({
        records: z.array(logRecordForm),
        nextCursor: z.string(),
        timeline: z.array(z.object({ start: momentOrNull, count: z.number(), errorCount: z.number() })),
        totalCount: z.number(),
        isEstimate: z.boolean().describe("Whether the time line and the total are guessed from a part of the range"),
      }),
      call: async ({ query, attributes, caller, signal }) => {
        const request = SearchLogsRequest.fromPartial({
          range: rangeFrom(query, clock()),
          searchText: query.q,
          recordsOnly: query.recordsOnly === "true",
          minSeverityNumber: lowestSeverityNumber(query.minSeverity),
          services: query.service,
          traceId: query.traceId,
          attributes,
          limit: query.limit,
          cursor: query.cursor,
          oldestFirst: query.order === "asc",
        });
        const found = await storage.call("searchLogs", request, { tenant: caller.tenant, signal });
        return {
          records: found.records.map(logRecordToJson),
          nextCursor: found.nextCursor,
          timeline: found.timeline.map((bucket) => ({
            start: momentOf(bucket.startUnixNano),
            count: Number(bucket.count),
            errorCount: Number(bucket.errorCount),
          })),
          totalCount: Number(found.totalCount),
          isEstimate: found.isEstimate,
        };
      },
    }),
  ];
}
