import { createMetricTranscoder } from "./metrics.ts";
import { runWalkBench } from "./testing/bench.ts";
import { generateMetrics } from "./testing/generate.ts";

runWalkBench({
  bench: "walk-metrics",
  metric: "points_per_second_per_core",
  unit: "points/s",
  requests: generateMetrics({ seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n }),
  transcoder: createMetricTranscoder(),
});
