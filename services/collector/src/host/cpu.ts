import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HostFamily, type HostPoint, type MetricSpec, point } from "./host-family.ts";

const USAGE: MetricSpec = {
  name: "system_cpu_usage_percent",
  unit: "%",
  help: "CPU in use since the last reading, all cores together",
  kind: "gauge",
};
const LOADS = ([1, 5, 15] as const).map(
  (minutes): MetricSpec => ({
    name: `system_cpu_load_${minutes}m`,
    unit: "1",
    help: `Load average over ${minutes} min`,
    kind: "gauge",
  }),
);

/** What the processors did since boot, in clock ticks. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/**
 * The sums of /proc/stat (proc_stat(5)). Waiting for I/O is idle; guests are already counted as user.
 *
 * @returns undefined when it is not such a text
 */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const ticks = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.trim().split(/ +/).map(Number);
  if (ticks === undefined || ticks.length < 4) return undefined;
  const total = ticks.slice(0, 8).reduce((sum, each) => sum + each, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: total - idle, total };
}

/** Share of the time between two readings that the processors were busy, percent of all of them. */
export function cpuUsagePercent(before: CpuTimes, after: CpuTimes): number | undefined {
  const total = after.total - before.total;
  if (total <= 0) return undefined;
  return Math.min(100, Math.max(0, (100 * (after.busy - before.busy)) / total));
}

/** The three load averages of /proc/loadavg (proc_loadavg(5)): over 1, 5 and 15 minutes. */
export function parseLoadAverages(loadavg: string): readonly number[] | undefined {
  const loads = loadavg.split(" ").slice(0, 3).map(Number);
  return loads.length === 3 && loads.every(Number.isFinite) ? loads : undefined;
}

/** Processor use since the last reading, and load. The first reading has no use to tell. */
export function createCpu(procPath: string): HostFamily {
  let before: CpuTimes | undefined;
  return {
    name: "cpu",
    async read() {
      const points: HostPoint[] = [];
      const times = parseCpuTimes(await readFile(join(procPath, "stat"), "utf8"));
      const usage = before === undefined || times === undefined ? undefined : cpuUsagePercent(before, times);
      before = times;
      if (usage !== undefined) points.push(point(USAGE, usage));
      const loads = parseLoadAverages(await readFile(join(procPath, "loadavg"), "utf8")) ?? [];
      for (const [index, load] of loads.entries()) {
        const spec = LOADS[index];
        if (spec !== undefined) points.push(point(spec, load));
      }
      return points;
    },
  };
}
