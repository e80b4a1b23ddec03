// make bench BENCH=e2e-events; SIGHTLINE_BENCH_SECONDS is how long each run sends, SIGHTLINE_BENCH_RUNS how many there are.
import { benchEndToEnd } from "./end-to-end.ts";

await benchEndToEnd({ bench: "e2e-events", signal: "events", records: "events" });
