import { LogqlServiceService } from "@sightline/proto/sightline/query/v1/logql_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import { countStreams, listStreamLabels, listStreamLabelValues, listStreams } from "./list-streams.ts";
import { type LogqlOptions, queryLogql } from "./query-logql.ts";

export interface LogqlServiceOptions extends LogqlOptions {
  /** What callers must show: the other services know it. */
  readonly internalToken: string;
}

/** Adds LogQL to a server. */
export function addLogqlService(server: GrpcServer, { internalToken, ...options }: LogqlServiceOptions): void {
  const unary = internalUnary(internalToken);
  const stream = internalStream(internalToken);
  server.addService(LogqlServiceService, {
    queryLogql: stream(queryLogql(options)),
    listStreams: unary(listStreams(options)),
    listStreamLabels: unary(listStreamLabels(options)),
    listStreamLabelValues: unary(listStreamLabelValues(options)),
    countStreams: unary(countStreams(options)),
  });
}
