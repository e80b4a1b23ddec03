// How long the newest values of ten thousand series take, from the request to the end of its answer.
import { benchPromql } from "./promql-run.ts";

await benchPromql({
  bench: "query-instant",
  series: Array.from({ length: 10_000 }, (_, at) => ({
    __name__: "memory_used_bytes",
    instance: `10.0.${at % 256}.${Math.floor(at / 256)}:9100`,
    job: `job-${at % 20}`,
    region: "eu-west-1",
  })),
  lengthMs: 3_600_000,
  stepMs: null,
  queries: { vector: "memory_used_bytes" },
});
