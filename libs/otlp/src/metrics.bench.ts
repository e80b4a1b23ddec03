import { createMetricTranscoder } from "./metrics.ts";
import { createSeriesMemory } from "./series-memory.ts";
import { runWalkBench } from "./testing/bench.ts";
import { generateMetrics } from "./testing/generate.ts";

const requests = generateMetrics({ seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n });
const unit = "points/s";

// As it is most of the time: the series were stored before.
const memory = createSeriesMemory({ maxSeries: 1_000_000, rewriteAfterMs: 300_000 });
const transcoder = createMetricTranscoder(memory);
for (const request of requests) transcoder.append(request, { tenant: "default", receivedUnixNano: 0n });
transcoder.stored();
runWalkBench({ bench: "walk-metrics", metric: "points_per_second_per_core", unit, requests, transcoder });

// As it is after a start: every point is of a series that has to be written.
runWalkBench({
  bench: "walk-metrics",
  metric: "new_series_points_per_second_per_core",
  unit,
  requests,
  transcoder: createMetricTranscoder(),
});
