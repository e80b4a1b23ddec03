import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HostFamily, type MetricSpec, point } from "./host-family.ts";

const BYTES: MetricSpec = {
  name: "system_memory_usage_bytes",
  unit: "By",
  help: "Memory by what it is used for; available is what programs can still get",
  kind: "gauge",
};
const PERCENT: MetricSpec = {
  name: "system_memory_usage_percent",
  unit: "%",
  help: "Memory that is not available, of all there is",
  kind: "gauge",
};

/** Bytes of memory. What is used and what is available make the total. */
export interface MemoryUse {
  readonly total: number;
  readonly used: number;
  readonly available: number;
  readonly cached: number;
  readonly buffers: number;
}

/**
 * /proc/meminfo (proc_meminfo(5)). Kernels before 3.14 do not say what is available: free, cached and buffers are.
 *
 * @returns undefined when it is not such a text
 */
export function parseMemory(meminfo: string): MemoryUse | undefined {
  const bytes = new Map<string, number>();
  for (const [, name = "", kib = "0"] of meminfo.matchAll(/^(\w+): +(\d+) kB$/gm)) bytes.set(name, Number(kib) * 1024);
  const of = (name: string) => bytes.get(name) ?? 0;
  const total = of("MemTotal");
  if (total === 0) return undefined;
  // The page cache and what else the kernel gives back when asked, as free(1) counts it.
  const cached = of("Cached") + of("SReclaimable");
  const buffers = of("Buffers");
  const available = Math.min(total, bytes.get("MemAvailable") ?? of("MemFree") + cached + buffers);
  return { total, used: total - available, available, cached, buffers };
}

/** Memory in use, in bytes and percent. */
export function createMemory(procPath: string): HostFamily {
  return {
    name: "memory",
    async read() {
      const memory = parseMemory(await readFile(join(procPath, "meminfo"), "utf8"));
      if (memory === undefined) return [];
      const types = ["used", "available", "cached", "buffers"] as const;
      return [
        ...types.map((type) => point(BYTES, memory[type], { type })),
        point(PERCENT, (100 * memory.used) / memory.total),
      ];
    },
  };
}
