// make bench BENCH=e2e-logs; SIGHTLINE_BENCH_SECONDS is how long each run sends, SIGHTLINE_BENCH_RUNS how many there are.
import { benchEndToEnd } from "./end-to-end.ts";

await benchEndToEnd({ bench: "e2e-logs", signal: "logs", records: "records" });
