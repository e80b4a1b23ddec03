// How long quantiles of five thousand series of buckets take over an hour: of each histogram, and of those of each job together.
import { benchPromql } from "./promql-run.ts";

const BUCKETS = ["0.005", "0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf"];

await benchPromql({
  bench: "query-histogram",
  series: Array.from({ length: 500 }, (_, at) => at).flatMap((at) =>
    BUCKETS.map((le) => ({
      __name__: "http_request_duration_seconds_bucket",
      instance: `10.0.0.${at}:9100`,
      job: `job-${at % 20}`,
      le,
    })),
  ),
  lengthMs: 3_600_000,
  stepMs: 60_000,
  queries: {
    "of-jobs": "histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))",
    each: "histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))",
  },
});
