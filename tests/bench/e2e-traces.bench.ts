// make bench BENCH=e2e-traces; SIGHTLINE_BENCH_SECONDS is how long each run sends, SIGHTLINE_BENCH_RUNS how many there are.
import { benchEndToEnd } from "./end-to-end.ts";

await benchEndToEnd({ bench: "e2e-traces", signal: "traces", records: "spans" });
