import type { Clock } from "@sightline/model/time";
import { PromqlServiceService } from "@sightline/proto/sightline/query/v1/promql_service";
import { createEngine } from "@sightline/query/promql/engine";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import type { Reader } from "../query/reader.ts";
import type { SelectionLimits } from "./find-metrics.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { listMetricMetadata } from "./list-metadata.ts";
import { listLabelNames, listLabelValues, listPromqlSeries } from "./list-series.ts";
import { createMetricSeries } from "./metric-series.ts";
import { queryExemplars } from "./query-exemplars.ts";
import { queryPromqlInstants } from "./query-instants.ts";
import { queryPromql, queryPromqlJson } from "./query-promql.ts";
import { createQueryTexts } from "./query-texts.ts";
import { readSamples } from "./read-samples.ts";
import { createReadsAhead } from "./reads-ahead.ts";
import { type CatalogOptions, createSeriesCatalog } from "./series-catalog.ts";
import { getSeriesStatistics } from "./series-statistics.ts";

export interface PromqlServiceOptions {
  readonly reader: Reader;
  /** How many connections to the database the reader has. */
  readonly maxConnections: number;
  readonly limits: SelectionLimits & Pick<CatalogOptions, "maxKnownSeries">;
  readonly rollups: KnownRollups;
  readonly clock: Clock;
  readonly handlers: QueryHandlers;
}

/** Rules are asked again and again. */
const MAX_KNOWN_TEXTS = 20_000;
const MAX_KNOWN_CHARACTERS = 10_000_000;

/** Adds PromQL to a server. */
export function addPromqlService(
  server: GrpcServer,
  { reader, maxConnections, limits, rollups, clock, handlers }: PromqlServiceOptions,
): void {
  const { unary, stream } = handlers;
  const engine = createEngine({ maxSamples: limits.maxSamples });
  const catalog = createSeriesCatalog({ reader, maxKnownSeries: limits.maxKnownSeries });
  // Half of the connections at most wait for lookups, and one is always left for these.
  const ahead = createReadsAhead(reader, Math.floor((maxConnections - 1) / 2));
  const options = { reader, limits, engine, catalog, rollups, ahead };
  const texts = createQueryTexts({ maxQueries: MAX_KNOWN_TEXTS, maxCharacters: MAX_KNOWN_CHARACTERS });
  const { maxSeries, maxKnownSeries } = limits;
  const series = createMetricSeries({ catalog, clock, maxSeries, maxKnownSeries });
  server.addService(PromqlServiceService, {
    queryPromql: stream(queryPromql(options)),
    queryPromqlJson: stream(queryPromqlJson(options)),
    queryPromqlInstants: stream(queryPromqlInstants({ ...options, texts, series })),
    readSamples: stream(readSamples(options)),
    listPromqlSeries: stream(listPromqlSeries(options)),
    listLabelNames: unary(listLabelNames(options)),
    listLabelValues: unary(listLabelValues(options)),
    listMetricMetadata: unary(listMetricMetadata(options)),
    queryExemplars: unary(queryExemplars(options)),
    getSeriesStatistics: unary(getSeriesStatistics(options)),
  });
}
