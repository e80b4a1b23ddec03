import { readdirSync, readFileSync } from "node:fs";
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

/** What processes of the stack have used since they started, all their threads together; every process unless some are named. */
export function stackCpu(stack: Stack, parts: readonly StackPart[] = STACK_PARTS): CpuSeconds {
  return new Map(parts.map((part) => [part, cpuOf(stack.process(part).pid())]));
}

/** What each used between two readings. */
export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return new Map(Array.from(before, ([part, seconds]) => [part, (after.get(part) ?? 0) - seconds]));
}

/** The CPU time that some parts used together, seconds. */
export function cpuOfParts(cpu: CpuSeconds, parts: readonly StackPart[]): number {
  return parts.reduce((sum, part) => sum + (cpu.get(part) ?? 0), 0);
}

/**
 * What a process and those that it started have used, seconds: `utime`, `stime` and those of children that have ended, of /proc/PID/stat
 * (proc(5)). Postgres has a process for each connection.
 */
export function cpuOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && statOf(name)?.[PARENT] === String(pid));
  return [String(pid), ...children].reduce((sum, one) => sum + secondsOf(statOf(one) ?? []), 0);
}

/** Of what stands behind the name, by number. */
const PARENT = 1;
const TIMES = [11, 12, 13, 14];

function secondsOf(fields: readonly string[]): number {
  return TIMES.reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / TICKS_PER_SECOND;
}

/** Undefined of a process that has ended. */
function statOf(pid: string): readonly string[] | undefined {
  try {
    // The name, in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ");
  } catch {
    return undefined;
  }
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(match?.[1] ?? 0) * 1024;
}
