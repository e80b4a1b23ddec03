// What the stack costs while next to nothing happens: CPU time of each service when nothing comes in from outside (they
// still watch themselves), and inserts a second into each table at 100 records a second.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { storeLoad } from "./load-run.ts";
import { printFigure, runs, seconds } from "./result.ts";
import { type CpuSeconds, cpuBetween, STACK_PARTS, stackCpu } from "./stack-cpu.ts";

const insertsSql = readFileSync(new URL("./sql/inserts.sql", import.meta.url), "utf8");
const insertsOf = z.object({ table: z.string(), inserts: z.coerce.number() });
const SETTLING_MS = 10_000;

await using bench = await startBenchStack();
await pause(SETTLING_MS);
const idle: CpuSeconds[] = [];
for (let run = 0; run < runs; run++) {
  const before = stackCpu(bench.stack);
  await pause(seconds * 1000);
  idle.push(cpuBetween(before, stackCpu(bench.stack)));
}
for (const part of STACK_PARTS) {
  const values = idle.map((cpu) => (100 * (cpu.get(part) ?? 0)) / seconds);
  printFigure({ bench: "idle", metric: `cpu_${part}`, unit: "% of a core", values, config: { seconds } });
}

/** Ten records every 100 ms. */
const trickle = { signal: "logs", recordsPerSecond: 100, recordsPerRequest: 10 } as const;
const busiest: number[] = [];
for (let run = 0; run < runs; run++) {
  const sending = storeLoad(bench, { ...trickle, seconds: seconds + 1 });
  await pause(seconds * 1000);
  const tables = await bench.clickhouse.query(insertsSql, { seconds }, { schema: insertsOf });
  busiest.push(Math.max(...tables.map(({ inserts }) => inserts)) / seconds);
  await sending;
}
printFigure({
  bench: "idle",
  metric: "inserts_into_the_busiest_table",
  unit: "inserts/s",
  values: busiest,
  config: { seconds, recordsPerSecond: trickle.recordsPerSecond },
});
