// How long thirty days of one series take, from the request to the end of its answer: from rollups, made as they always are.
import { numbersProgress, progressOf } from "../../services/storage/src/rollup/progress.ts";
import { benchPromql } from "./promql-run.ts";

const HOUR_MS = 3_600_000;

await benchPromql({
  bench: "query-rollup",
  series: Array.from({ length: 10 }, (_, at) => ({
    __name__: "http_requests_total",
    instance: `10.0.0.${at}:9100`,
    job: "shop",
  })),
  lengthMs: 30 * 24 * HOUR_MS,
  stepMs: HOUR_MS,
  queries: { "thirty-days": 'rate(http_requests_total{instance="10.0.0.7:9100"}[1h])' },
  isReady: async (clickhouse, endMs) => {
    const { sql, row } = numbersProgress;
    const { hours = 0 } = progressOf(await clickhouse.query(sql, {}, { schema: row }));
    return hours * 1000 >= endMs - HOUR_MS;
  },
});
