import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type {
  GetSeriesStatisticsRequest,
  GetSeriesStatisticsResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { z } from "zod";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { seriesRange } from "./series-range.ts";

const series = readFileSync(new URL("./sql/active-series.sql", import.meta.url), "utf8");
const read = {
  totals: readFileSync(new URL("./sql/series-totals.sql", import.meta.url), "utf8"),
  seriesByMetric: readFileSync(new URL("./sql/series-by-metric.sql", import.meta.url), "utf8"),
  valuesByLabel: readFileSync(new URL("./sql/values-by-label.sql", import.meta.url), "utf8"),
  bytesByLabel: readFileSync(new URL("./sql/bytes-by-label.sql", import.meta.url), "utf8"),
  seriesByLabelPair: readFileSync(new URL("./sql/series-by-label-pair.sql", import.meta.url), "utf8"),
};
const totals = {
  sql: fill(read.totals, { series }),
  row: z.object({
    series: z.coerce.bigint(),
    pairs: z.coerce.bigint(),
    firstMs: z.coerce.bigint(),
    lastMs: z.coerce.bigint(),
  }),
};
const counted = (sql: string) => ({
  sql: fill(sql, { series }),
  row: z.object({ name: z.string(), count: z.coerce.bigint() }),
});
const counts = {
  seriesByMetric: counted(read.seriesByMetric),
  valuesByLabel: counted(read.valuesByLabel),
  bytesByLabel: counted(read.bytesByLabel),
  seriesByLabelPair: counted(read.seriesByLabelPair),
};

const MAX_LIMIT = 10_000;

/** How many series there are, and which metrics and labels have the most. */
export function getSeriesStatistics({ reader }: { readonly reader: Reader }) {
  return async (request: GetSeriesStatisticsRequest, context: ReadContext): Promise<GetSeriesStatisticsResponse> => {
    const { limit, startUnixMs, endUnixMs } = request;
    if (limit < 1 || limit > MAX_LIMIT) throw invalid(`cannot use limit: got ${limit}, want 1 to ${MAX_LIMIT}`);
    const params: Params = { ...seriesRange(Number(startUnixMs), Number(endUnixMs)), limit };
    const [total] = await reader.read(totals, params, context);
    const isEmpty = total === undefined || total.series === 0n;
    return {
      seriesCount: total?.series ?? 0n,
      labelPairCount: total?.pairs ?? 0n,
      minUnixMs: isEmpty ? 0n : total.firstMs,
      maxUnixMs: isEmpty ? 0n : total.lastMs,
      seriesByMetric: await reader.read(counts.seriesByMetric, params, context),
      valuesByLabel: await reader.read(counts.valuesByLabel, params, context),
      bytesByLabel: await reader.read(counts.bytesByLabel, params, context),
      seriesByLabelPair: await reader.read(counts.seriesByLabelPair, params, context),
    };
  };
}
