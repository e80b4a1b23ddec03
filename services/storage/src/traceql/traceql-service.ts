import { TraceqlServiceService } from "@sightline/proto/sightline/query/v1/traceql_service";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import { getTraces } from "./get-traces.ts";
import { listSpanAttributeValues } from "./list-attribute-values.ts";
import { listSpanAttributes } from "./list-attributes.ts";
import { streamMetrics } from "./stream-metrics.ts";
import { streamSearch } from "./stream-search.ts";
import type { TraceqlOptions } from "./traceql-options.ts";

export interface TraceqlServiceOptions extends TraceqlOptions {
  readonly handlers: QueryHandlers;
}

/** Adds TraceQL to a server. */
export function addTraceqlService(server: GrpcServer, { handlers, ...options }: TraceqlServiceOptions): void {
  const { unary, stream } = handlers;
  server.addService(TraceqlServiceService, {
    searchTraceql: stream(streamSearch(options)),
    queryTraceqlMetrics: stream(streamMetrics(options)),
    getTraces: stream(getTraces(options)),
    listSpanAttributes: unary(listSpanAttributes(options)),
    listSpanAttributeValues: unary(listSpanAttributeValues(options)),
  });
}
