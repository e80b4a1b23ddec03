import { runWalkBench } from "./testing/bench.ts";
import { generateTraces } from "./testing/generate.ts";
import { createTraceTranscoder } from "./traces.ts";

runWalkBench({
  bench: "walk-traces",
  metric: "spans_per_second_per_core",
  unit: "spans/s",
  requests: generateTraces({ seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n }),
  transcoder: createTraceTranscoder(),
});
