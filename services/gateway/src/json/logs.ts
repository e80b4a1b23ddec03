import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { labels, momentOf, momentOrNull } from "./scalars.ts";

export const logRecordForm = z.object({
  time: momentOrNull,
  severityText: z.string(),
  severityNumber: z.number(),
  serviceName: z.string(),
  body: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  attributes: labels,
  resourceAttributes: labels,
  scopeName: z.string(),
  eventName: z.string(),
});

export function logRecordToJson(record: LogRecord): z.infer<typeof logRecordForm> {
  const { timeUnixNano, ...rest } = record;
  return { time: momentOf(timeUnixNano), ...rest };
}
