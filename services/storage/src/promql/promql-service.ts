import { PromqlServiceService } from "@sightline/proto/sightline/query/v1/promql_service";
import { createEngine } from "@sightline/query/promql/engine";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import type { Reader } from "../query/reader.ts";
import type { SelectionLimits } from "./find-metrics.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { listMetricMetadata } from "./list-metadata.ts";
import { listLabelNames, listLabelValues, listPromqlSeries } from "./list-series.ts";
import { queryExemplars } from "./query-exemplars.ts";
import { queryPromql, queryPromqlJson } from "./query-promql.ts";
import { readSamples } from "./read-samples.ts";
import { type CatalogOptions, createSeriesCatalog } from "./series-catalog.ts";
import { getSeriesStatistics } from "./series-statistics.ts";

export interface PromqlServiceOptions {
  readonly reader: Reader;
  readonly limits: SelectionLimits & Pick<CatalogOptions, "maxKnownSeries">;
  readonly rollups: KnownRollups;
  readonly handlers: QueryHandlers;
}

/** Adds PromQL to a server. */
export function addPromqlService(
  server: GrpcServer,
  { reader, limits, rollups, handlers }: PromqlServiceOptions,
): void {
  const { unary, stream } = handlers;
  const engine = createEngine({ maxSamples: limits.maxSamples });
  const catalog = createSeriesCatalog({ reader, maxKnownSeries: limits.maxKnownSeries });
  const options = { reader, limits, engine, catalog, rollups };
  server.addService(PromqlServiceService, {
    queryPromql: stream(queryPromql(options)),
    queryPromqlJson: stream(queryPromqlJson(options)),
    readSamples: stream(readSamples(options)),
    listPromqlSeries: stream(listPromqlSeries(options)),
    listLabelNames: unary(listLabelNames(options)),
    listLabelValues: unary(listLabelValues(options)),
    listMetricMetadata: unary(listMetricMetadata(options)),
    queryExemplars: unary(queryExemplars(options)),
    getSeriesStatistics: unary(getSeriesStatistics(options)),
  });
}
