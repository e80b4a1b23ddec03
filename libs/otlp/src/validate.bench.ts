import { createFingerprintIndex } from "./fingerprint-index.ts";
import { walkSeries } from "./series-walk.ts";
import { bytesOf, runRateBench } from "./testing/bench.ts";
import { generateLogs, generateMetrics, generateTraces } from "./testing/generate.ts";
import { createValidate, DEFAULT_LIMITS, type RecordRules } from "./validate.ts";

const load = { seed: 1, requests: 200, records: 200, nowUnixNano: 1_700_000_000_000_000_000n };
const day = 86_400_000_000_000n;

const rules: RecordRules = {
  limits: DEFAULT_LIMITS,
  times: { oldestUnixNano: load.nowUnixNano - 90n * day, newestUnixNano: load.nowUnixNano + day },
};

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
    batch: () => requests.reduce((sum, request) => sum + validate(request, rules).records, 0),
  });
}

// The walk that a request of metrics gets in addition when its series are looked at.
const requests = generateMetrics(load);
const series = createFingerprintIndex();
const gate = {
  admit: (low: number, high: number) => {
    series.findOrAdd(low, high);
    return true;
  },
};
runRateBench({
  bench: "walk-series",
  metric: "points_per_second_per_core",
  unit: "points/s",
  config: { points: load.requests * load.records },
  batch: () => {
    for (const request of requests) walkSeries(request, gate);
    return load.requests * load.records;
  },
});
