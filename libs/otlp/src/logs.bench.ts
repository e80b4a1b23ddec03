import { createLogTranscoder } from "./logs.ts";
import { runWalkBench } from "./testing/bench.ts";
import { generateLogs } from "./testing/generate.ts";

runWalkBench({
  bench: "walk-logs",
  metric: "records_per_second_per_core",
  unit: "records/s",
  requests: generateLogs({ seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n }),
  transcoder: createLogTranscoder(),
});
