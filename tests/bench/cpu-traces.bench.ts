// CPU-seconds of the receiving and the storing process, the two that are Sightline's own on the way of a span, per million
// spans: all their threads, kernel time included.
import { startBenchStack } from "./bench-stack.ts";
import { findMaximum } from "./calibrate.ts";
import { perMillion } from "./end-to-end.ts";
import { SHAPES, type StoredLoad, storeLoad } from "./load-run.ts";
import { printFigure, runs, seconds } from "./result.ts";
import { cpuOfParts } from "./stack-cpu.ts";

await using bench = await startBenchStack();
const maximum = await findMaximum(bench, "traces");
const recordsPerSecond = Math.round(maximum.queryable);
const loads: StoredLoad[] = [];
for (let run = 0; run < runs; run++) {
  loads.push(await storeLoad(bench, { signal: "traces", seconds, recordsPerSecond }));
}
printFigure({
  bench: "cpu-traces",
  metric: "cpu_ingest_and_storage",
  unit: "CPU-s/M spans",
  values: loads.map((load) => perMillion(load, cpuOfParts(load.cpu, ["ingest", "storage"]))),
  config: { seconds, recordsPerSecond, ...SHAPES.traces },
});
