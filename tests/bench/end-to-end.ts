import { availableParallelism } from "node:os";
import type { StackPart } from "@sightline/local/stack/stack";
import { startBenchStack } from "./bench-stack.ts";
import { findMaximum } from "./calibrate.ts";
import type { SignalName } from "./load/signals.ts";
import { SHAPES, type StoredLoad, storeLoad } from "./load-run.ts";
import { printFigure, runs, seconds } from "./result.ts";
import { cpuOfParts, STACK_PARTS } from "./stack-cpu.ts";

export interface EndToEndBench {
  readonly bench: string;
  readonly signal: SignalName;
  /** What the records are called. */
  readonly records: string;
}

/** Where the CPU time goes, by process. */
const SHARES: Readonly<Record<string, readonly StackPart[]>> = {
  ingest: ["ingest"],
  storage: ["storage"],
  nats: ["nats"],
  clickhouse: ["clickhouse"],
  others: STACK_PARTS.filter((part) => !["ingest", "storage", "nats", "clickhouse"].includes(part)),
};

/** What is offered, as a share of what a short load found to be the maximum: the stack is never without work. */
const OFFERED = 1.1;

/**
 * Records per second from OTLP/gRPC through JetStream (file) into ClickHouse until all of them can be queried, and the
 * CPU time of each process per million of them. A little more is offered than the stack can take, and the time until the
 * last one can be queried counts, so that nothing is won by letting a backlog grow. Generator, servers and services
 * share the machine.
 */
export async function benchEndToEnd({ bench, signal, records }: EndToEndBench): Promise<void> {
  await using stack = await startBenchStack();
  const maximum = await findMaximum(stack, signal);
  const recordsPerSecond = Math.round(maximum.queryable * OFFERED);
  const loads: StoredLoad[] = [];
  for (let run = 0; run < runs; run++) loads.push(await storeLoad(stack, { signal, seconds, recordsPerSecond }));

  const bytes = loads.reduce((sum, { report }) => sum + report.bytes, 0);
  const acknowledged = loads.reduce((sum, { report }) => sum + report.acknowledged, 0);
  const config = {
    seconds,
    ...SHAPES[signal],
    recordsPerSecond,
    wireBytesPerRecord: Math.round(bytes / acknowledged),
    cores: availableParallelism(),
  };
  const print = (metric: string, unit: string, value: (load: StoredLoad) => number) =>
    printFigure({ bench, metric, unit, values: loads.map(value), config });
  print("queryable_per_second", `${records}/s`, (load) => load.report.acknowledged / load.queryableSeconds);
  for (const [name, parts] of Object.entries(SHARES)) {
    print(`cpu_${name}`, `CPU-s/M ${records}`, (load) => perMillion(load, cpuOfParts(load.cpu, parts)));
  }
  print("cpu_generator", `CPU-s/M ${records}`, (load) => perMillion(load, load.report.cpuSeconds));
  const values = [maximum.acknowledged];
  printFigure({ bench, metric: "acknowledged_per_second", unit: `${records}/s`, values, config });
}

/** CPU seconds per million records of a load. */
export function perMillion({ report }: StoredLoad, cpuSeconds: number): number {
  return (cpuSeconds * 1e6) / report.acknowledged;
}
