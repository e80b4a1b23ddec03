import type { Clock } from "@sightline/model/time";
import { TraceqlServiceService } from "@sightline/proto/sightline/query/v1/traceql_service";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import type { Reader } from "../query/reader.ts";
import { getTraces } from "./get-traces.ts";
import type { TraceQlLimits } from "./limits.ts";
import { listSpanAttributeValues } from "./list-attribute-values.ts";
import { listSpanAttributes } from "./list-attributes.ts";
import { streamMetrics } from "./stream-metrics.ts";
import { streamSearch } from "./stream-search.ts";

export interface TraceqlOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly limits: TraceQlLimits;
}

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
