// Resident memory of the receiving and the storing process while as many spans come as can be stored. The stack runs for
// SIGHTLINE_BENCH_MEMORY_SECONDS; the first minute, in which heaps find their size, does not count.
import { setTimeout as pause } from "node:timers/promises";
import { startBenchStack } from "./bench-stack.ts";
import { findMaximum } from "./calibrate.ts";
import { SHAPES, storeLoad } from "./load-run.ts";
import { printFigure } from "./result.ts";
import { residentBytes } from "./stack-cpu.ts";

const totalSeconds = Number(process.env["SIGHTLINE_BENCH_MEMORY_SECONDS"] ?? 600);
const settlingSeconds = Math.min(60, totalSeconds / 5);
const PARTS = ["ingest", "storage"] as const;
const MEGABYTE = 1e6;

await using bench = await startBenchStack();
const maximum = await findMaximum(bench, "traces");
const recordsPerSecond = Math.round(maximum.queryable);
const samples: { readonly minute: number; readonly megabytes: readonly number[] }[] = [];
const startedAt = performance.now();
const ended = new AbortController();

async function sample(): Promise<void> {
  while (!ended.signal.aborted) {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const megabytes = PARTS.map((part) => residentBytes(bench.stack.process(part).pid() ?? 0) / MEGABYTE);
    if (elapsedSeconds > settlingSeconds) samples.push({ minute: elapsedSeconds / 60, megabytes });
    await pause(1000);
  }
}

const sampling = sample();
await storeLoad(bench, { signal: "traces", seconds: totalSeconds, recordsPerSecond });
ended.abort();
await sampling;

const config = { seconds: totalSeconds, recordsPerSecond, ...SHAPES.traces };
for (const [at, part] of PARTS.entries()) {
  const values = samples.map(({ megabytes }) => megabytes[at] ?? 0);
  printFigure({ bench: "memory", metric: `resident_${part}`, unit: "MB", values, config });
  const growth = slope(samples.map(({ minute, megabytes }) => [minute, megabytes[at] ?? 0] as const));
  printFigure({ bench: "memory", metric: `growth_${part}`, unit: "MB/min", values: [growth], config });
}

/** Of the line through the points that has the least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point[0]), mean((point) => point[1])];
  return mean((point) => (point[0] - x) * (point[1] - y)) / mean((point) => (point[0] - x) ** 2);
}
