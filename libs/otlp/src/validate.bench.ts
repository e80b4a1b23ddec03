import { bytesOf, runRateBench } from "./testing/bench.ts";
import { generateLogs, generateMetrics, generateTraces } from "./testing/generate.ts";
import { createValidate } from "./validate.ts";

const load = { seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n };

for (const [signal, generate, unit] of [
  ["traces", generateTraces, "spans"],
  ["logs", generateLogs, "records"],
  ["metrics", generateMetrics, "points"],
] as const) {
  const requests = generate(load);
  const validate = createValidate(signal);
  const records = load.requests * load.records;
  runRateBench({
    bench: "validate",
    metric: `${unit}_per_second_per_core`,
    unit: `${unit}/s`,
    config: { records, wireBytesPerRecord: Math.round(bytesOf(requests) / records) },
    batch: () => requests.reduce((sum, request) => sum + validate(request).records, 0),
  });
}
