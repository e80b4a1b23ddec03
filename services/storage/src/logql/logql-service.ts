import { LogqlServiceService } from "@sightline/proto/sightline/query/v1/logql_service";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import { listDetectedFields, listDetectedFieldValues } from "./detected-fields.ts";
import { listPatterns } from "./list-patterns.ts";
import {
  countStreams,
  listDetectedLabels,
  listStreamLabels,
  listStreamLabelValues,
  listStreams,
} from "./list-streams.ts";
import { type LogqlOptions, queryLogql } from "./query-logql.ts";
import { queryVolume } from "./query-volume.ts";

export interface LogqlServiceOptions extends LogqlOptions {
  readonly handlers: QueryHandlers;
}

/** Adds LogQL to a server. */
export function addLogqlService(server: GrpcServer, { handlers, ...options }: LogqlServiceOptions): void {
  const { unary, stream } = handlers;
  server.addService(LogqlServiceService, {
    queryLogql: stream(queryLogql(options)),
    listStreams: unary(listStreams(options)),
    listStreamLabels: unary(listStreamLabels(options)),
    listStreamLabelValues: unary(listStreamLabelValues(options)),
    countStreams: unary(countStreams(options)),
    queryVolume: unary(queryVolume(options)),
    listDetectedLabels: unary(listDetectedLabels(options)),
    listDetectedFields: unary(listDetectedFields(options)),
    listDetectedFieldValues: unary(listDetectedFieldValues(options)),
    listPatterns: unary(listPatterns(options)),
  });
}
