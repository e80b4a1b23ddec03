import { readFileSync } from "node:fs";
import type { Stack, StackPart } from "@sightline/local/stack/stack";

/** Every process of the stack. */
export const STACK_PARTS = [
  "ingest",
  "storage",
  "nats",
  "clickhouse",
  "gateway",
  "analyzer",
  "alerter",
  "reporter",
  "collector",
  "postgres",
  "redis",
] as const satisfies readonly StackPart[];

/** CPU seconds of processes, by their part of the stack. */
export type CpuSeconds = ReadonlyMap<StackPart, number>;

/** The kernel's clock ticks a second (`getconf CLK_TCK`), 100 wherever Linux runs nowadays. */
const TICKS_PER_SECOND = 100;

/** What each process of the stack has used since it started, all its threads together. */
export function stackCpu(stack: Stack): CpuSeconds {
  return new Map(STACK_PARTS.map((part) => [part, cpuOf(stack.process(part).pid())]));
}

/** What each used between two readings. */
export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return new Map(STACK_PARTS.map((part) => [part, (after.get(part) ?? 0) - (before.get(part) ?? 0)]));
}

/** The CPU time that some parts used together, seconds. */
export function cpuOfParts(cpu: CpuSeconds, parts: readonly StackPart[]): number {
  return parts.reduce((sum, part) => sum + (cpu.get(part) ?? 0), 0);
}

/** What a process has used since it started, seconds: `utime` and `stime` of /proc/PID/stat (proc(5)). */
export function cpuOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  // The name, in parentheses, may hold spaces.
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(match?.[1] ?? 0) * 1024;
}
