// How long a rate over six hours of a thousand series takes, from the request to the end of its answer.
import { benchPromql } from "./promql-run.ts";

await benchPromql({
  bench: "query-rate",
  series: Array.from({ length: 1000 }, (_, at) => ({
    __name__: "http_requests_total",
    instance: `10.0.0.${at}:9100`,
    job: `job-${at % 20}`,
    region: "eu-west-1",
  })),
  lengthMs: 6 * 3_600_000,
  stepMs: 60_000,
  queries: { sum: "sum by (job) (rate(http_requests_total[5m]))" },
});
