import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import { QueryServiceService } from "@sightline/proto/sightline/query/v1/query_service";
import type { GrpcServer } from "@sightline/rpc/server";
import { getEventStatistics } from "./event-statistics.ts";
import { exportEvents, exportLogs, exportTraces } from "./export-pages.ts";
import { getEvent } from "./get-event.ts";
import { getTrace } from "./get-trace.ts";
import { listMetrics } from "./list-metrics.ts";
import { listServices } from "./list-services.ts";
import type { QueryHandlers } from "./query-handlers.ts";
import { exportMetrics, queryMetrics, type SampleDays } from "./query-metrics.ts";
import type { Reader } from "./reader.ts";
import { searchEvents } from "./search-events.ts";
import { searchLogs } from "./search-logs.ts";
import { searchTraces } from "./search-traces.ts";
import { getStorageState } from "./storage-state.ts";
import { type DiskState, getStorageStatistics, type Lags } from "./storage-statistics.ts";

export interface QueryServiceOptions {
  readonly reader: Reader;
  /** For what the database says about itself. */
  readonly clickhouse: Pick<ClickHouse, "query" | "ping">;
  readonly lags: Lags;
  readonly disk: DiskState;
  readonly sampleDaysOf: SampleDays;
  readonly clock: Clock;
  readonly handlers: QueryHandlers;
}

/** Adds the query service to a server. */
export function addQueryService(server: GrpcServer, options: QueryServiceOptions): void {
  const { reader, clickhouse, lags, disk, sampleDaysOf, clock, handlers } = options;
  const handler = handlers.unary;
  server.addService(QueryServiceService, {
    searchEvents: handler(searchEvents(reader, clock)),
    getEvent: handler(getEvent(reader)),
    getEventStatistics: handler(getEventStatistics(reader, clock)),
    searchLogs: handler(searchLogs(reader, clock)),
    searchTraces: handler(searchTraces(reader, clock)),
    getTrace: handler(getTrace(reader)),
    queryMetrics: handler(queryMetrics(reader, clock, sampleDaysOf)),
    listMetrics: handler(listMetrics(reader, clock)),
    listServices: handler(listServices(reader, clock)),
    getStorageStatistics: handler(getStorageStatistics({ reader, clickhouse, lags, disk })),
    getStorageState: handler(getStorageState({ clickhouse, disk })),
    exportEvents: handlers.stream(exportEvents(reader, clock)),
    exportLogs: handlers.stream(exportLogs(reader, clock)),
    exportTraces: handlers.stream(exportTraces(reader, clock)),
    exportMetrics: handlers.stream(exportMetrics(reader, clock, sampleDaysOf)),
  });
}
