import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@sightline/testkit/eventually";
import type { BenchStack } from "./bench-stack.ts";
import { type LoadOptions, type LoadReport, loadReport } from "./load/options.ts";
import type { SignalName } from "./load/signals.ts";
import { type CpuSeconds, cpuBetween, stackCpu } from "./stack-cpu.ts";
import { clearStored, countRows, countStored } from "./stored.ts";

const main = resolve(import.meta.dirname, "load/main.ts");

/** What is sent, and how; the rest has defaults. */
export type LoadShape = Pick<LoadOptions, "signal" | "seconds" | "recordsPerSecond" | "stepMs"> &
  Partial<Pick<LoadOptions, "senders" | "recordsPerRequest">>;

/** How each signal comes: traces and logs as collectors send them, metrics as 10 000 series, events as agents do. */
export const SHAPES: Readonly<Record<SignalName, { readonly senders: number; readonly recordsPerRequest: number }>> = {
  traces: { senders: 4, recordsPerRequest: 4096 },
  logs: { senders: 4, recordsPerRequest: 4096 },
  metrics: { senders: 4, recordsPerRequest: 2500 },
  events: { senders: 4, recordsPerRequest: 1000 },
};

let runs = 0;

/** Sends a load in a process of its own and answers its report. */
export async function sendLoad({ stack, ingestKey }: BenchStack, shape: LoadShape): Promise<LoadReport> {
  runs += 1;
  const options: LoadOptions = {
    address: stack.doors.otlpGrpc,
    apiKey: ingestKey,
    run: runs,
    ...SHAPES[shape.signal],
    ...shape,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [main, JSON.stringify(options)]);
  return loadReport.parse(JSON.parse(stdout));
}

export interface StoredLoad {
  readonly report: LoadReport;
  /** From the first sending until every acknowledged record could be queried. */
  readonly queryableSeconds: number;
  /** What the stack's processes used in that time. */
  readonly cpu: CpuSeconds;
}

/**
 * Sends a load, waits until all that was acknowledged can be queried, and counts it. Throws when a record is missing or
 * there twice.
 */
export async function sendStored(bench: BenchStack, shape: LoadShape): Promise<StoredLoad> {
  const { stack, clickhouse } = bench;
  const { signal } = shape;
  const rowsBefore = await countRows(clickhouse, signal);
  const cpuBefore = stackCpu(stack);
  const startedAt = performance.now();
  const report = await sendLoad(bench, shape);
  const wanted = rowsBefore + report.acknowledged;
  await eventually(async () => (await countRows(clickhouse, signal)) >= wanted, {
    timeoutMs: 600_000,
    intervalMs: 50,
  });
  const queryableSeconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuBetween(cpuBefore, stackCpu(stack));
  await assertOnce(bench, signal, report);
  return { report, queryableSeconds, cpu };
}

/** The same, and leaves the tables empty, so that every run meets the same ones. */
export async function storeLoad(bench: BenchStack, shape: LoadShape): Promise<StoredLoad> {
  const stored = await sendStored(bench, shape);
  await clearStored(bench.clickhouse, shape.signal);
  return stored;
}

/** Every acknowledged record is there once. Of requests that were refused some may be there, but not twice either. */
async function assertOnce({ clickhouse }: BenchStack, signal: SignalName, report: LoadReport): Promise<void> {
  const { acknowledged, refused } = report;
  // A few rows of the services' own may have come before the last of ours.
  await eventually(async () => (await countStored(clickhouse, signal)).different >= acknowledged, {
    timeoutMs: 60_000,
    intervalMs: 500,
  });
  const { stored, different } = await countStored(clickhouse, signal);
  const allAnswered = Object.keys(refused).length === 0;
  if (stored !== different || (allAnswered && stored !== acknowledged)) {
    throw new Error(
      `${signal}: stored ${stored} records, ${different} different ones, want ${acknowledged}; refused: ${JSON.stringify(refused)}`,
    );
  }
}
