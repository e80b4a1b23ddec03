import { AppError, invalid } from "@sightline/errors/app-error";
import type { ResourceSpans } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { TimeRange } from "@sightline/proto/sightline/query/v1/query_service";
import { GetTracesRequest } from "@sightline/proto/sightline/query/v1/traceql_service";
import { PartialStatus, Trace, TraceByIDMetrics, TraceByIDResponse } from "@sightline/proto/tempopb/tempo";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf, type StorageCall } from "../http/storage-call.ts";
import {
  type Endpoint,
  jsonAnswer,
  messageAnswer,
  protobufAnswer,
  type TempoContext,
  wantsProtobuf,
} from "./endpoint.ts";
import { messageJson } from "./message-json.ts";
import { traceRangeOf } from "./parameters.ts";
import { filterSpans } from "./trace-filter.ts";

/** What there may be of spans in one answer. */
export const MAX_SPANS = 50_000;

export const traceEndpoints: readonly Endpoint[] = [
  {
    path: "/api/traces/:id",
    answer: async (request, context) => {
      const { resourceSpans, isLimited } = await readTrace(askedTrace(request, context), callOf(request), context);
      if (isLimited) throw new AppError("too_large", `trace exceeds max size (max spans: ${MAX_SPANS})`);
      if (wantsProtobuf(request)) return protobufAnswer(Trace.encode({ resourceSpans }).finish());
      return jsonAnswer(batchesJson(resourceSpans));
    },
  },
  {
    path: "/api/v2/traces/:id",
    answer: async (request, context) => {
      const asked = askedTrace(request, context);
      const { traceId, resourceSpans, isLimited } = await readTrace(asked, callOf(request), context);
      const keepHierarchy = request.parameters.get("keep_hierarchy") !== "false";
      const filter = { traceId, query: request.parameters.get("q"), keepHierarchy };
      const response: TraceByIDResponse = {
        trace: { resourceSpans: await filterSpans(resourceSpans, filter, { call: callOf(request), context }) },
        metrics: TraceByIDMetrics.create(),
        status: isLimited ? PartialStatus.PARTIAL : PartialStatus.COMPLETE,
        message: isLimited ? `trace exceeds max size (max spans: ${MAX_SPANS}): these are the earliest` : "",
      };
      return messageAnswer(request, TraceByIDResponse, response);
    },
  },
];

function askedTrace({ parameters, pathPart }: QueryRequest, { clock }: TempoContext): AskedTrace {
  return { traceId: traceIdOf(pathPart("id")), range: traceRangeOf(parameters, clock()) };
}

/** A trace, and when it is looked for; undefined: whenever. */
export interface AskedTrace {
  readonly traceId: string;
  readonly range: TimeRange | undefined;
}

/** Reads as many spans of a trace as there may be. Throws not_found for a trace that is not there. */
export async function readTrace({ traceId, range }: AskedTrace, call: StorageCall, { traceql }: TempoContext) {
  const asked = GetTracesRequest.create({ traceIds: [traceId], ...(range && { range }), maxSpans: MAX_SPANS });
  const resourceSpans: ResourceSpans[] = [];
  let isLimited = false;
  for await (const part of traceql.stream("getTraces", asked, call)) {
    resourceSpans.push(...part.resourceSpans);
    isLimited ||= part.isLimited;
  }
  if (resourceSpans.length === 0) throw new AppError("not_found", "trace not found");
  return { traceId, resourceSpans, isLimited };
}

const MAX_DIGITS = 32;

/** The id in its one form. What is wrong with one that is none is told in Tempo's words. */
export function traceIdOf(text: string): string {
  const wrong = text.search(/[^0-9a-f]/i);
  if (wrong >= 0) {
    throw invalid(
      `trace IDs can only contain hex characters: invalid character '${text[wrong]}' at position ${wrong + 1}`,
    );
  }
  if (text.length > MAX_DIGITS) throw invalid("trace IDs can't be larger than 128 bits");
  return text.toLowerCase().padStart(MAX_DIGITS, "0");
}

/** In JSON the first API calls resource spans by an older name. */
function* batchesJson(resourceSpans: readonly ResourceSpans[]): Generator<string> {
  let before = '{"batches":[';
  for (const each of resourceSpans) {
    yield before + messageJson(each);
    before = ",";
  }
  yield "]}";
}
