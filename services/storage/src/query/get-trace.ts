import { AppError } from "@sightline/errors/app-error";
import type { GetTraceRequest, GetTraceResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { traceIdOf } from "./bounds.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { readSpans, resourceSpansOf } from "./trace-spans.ts";

const MAX_SPANS = 20_000;

/** All spans of one trace as OTLP. */
export function getTrace(reader: Reader) {
  return async (request: GetTraceRequest, context: ReadContext): Promise<GetTraceResponse> => {
    const traceId = traceIdOf("trace_id", request.traceId);
    const rows = await readSpans(reader, { traceIds: [traceId], limit: MAX_SPANS + 1 }, context);
    if (rows.length === 0) throw new AppError("not_found", `cannot find the trace ${traceId}`);
    if (rows.length > MAX_SPANS) {
      const message = `cannot give the trace ${traceId}: got more than ${MAX_SPANS} spans, want at most that many`;
      throw new AppError("resource_exhausted", message);
    }
    return { resourceSpans: resourceSpansOf(rows) };
  };
}
