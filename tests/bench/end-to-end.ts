import { availableParallelism } from "node:os";
import { startBenchStack } from "./bench-stack.ts";
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

/** Where the CPU time goes, by process; `node` is what receives and stores. */
const SHARES = {
  node: ["ingest", "storage"],
  ingest: ["ingest"],
  storage: ["storage"],
  nats: ["nats"],
  clickhouse: ["clickhouse"],
  others: STACK_PARTS.filter((part) => !["ingest", "storage", "nats", "clickhouse"].includes(part)),
} as const;

const WARM_UP_SECONDS = 5;

/**
 * Records per second from OTLP/gRPC through JetStream (file) into ClickHouse until all of them can be queried, as fast
 * as they are acknowledged, and the CPU time of each process per million of them. Generator, servers and services share
 * the machine.
 */
export async function benchEndToEnd({ bench, signal, records }: EndToEndBench): Promise<void> {
  await using stack = await startBenchStack();
  await storeLoad(stack, { signal, seconds: WARM_UP_SECONDS });
  const loads: StoredLoad[] = [];
  for (let run = 0; run < runs; run++) loads.push(await storeLoad(stack, { signal, seconds }));

  const bytes = loads.reduce((sum, { report }) => sum + report.bytes, 0);
  const acknowledged = loads.reduce((sum, { report }) => sum + report.acknowledged, 0);
  const config = {
    seconds,
    ...SHAPES[signal],
    wireBytesPerRecord: Math.round(bytes / acknowledged),
    cores: availableParallelism(),
  };
  const print = (metric: string, unit: string, value: (load: StoredLoad) => number) =>
    printFigure({ bench, metric, unit, values: loads.map(value), config });
  print(`${records}_queryable_per_second`, `${records}/s`, (load) => load.report.acknowledged / load.queryableSeconds);
  print(`${records}_acknowledged_per_second`, `${records}/s`, ({ report }) => report.acknowledged / report.seconds);
  print("ack_p99", "ms", ({ report }) => report.ackMs.p99);
  const perMillion = (load: StoredLoad, cpuSeconds: number) => (cpuSeconds * 1e6) / load.report.acknowledged;
  for (const [name, parts] of Object.entries(SHARES)) {
    print(`cpu_${name}`, `CPU-s/M ${records}`, (load) => perMillion(load, cpuOfParts(load.cpu, parts)));
  }
  print("cpu_generator", `CPU-s/M ${records}`, (load) => perMillion(load, load.report.cpuSeconds));
}
