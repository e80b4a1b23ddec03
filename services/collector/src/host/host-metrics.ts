import { nanosOfMs } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import type { MetricsBatch } from "../otlp/metrics-request.ts";
import { createCpu } from "./cpu.ts";
import { createDisk } from "./disk.ts";
import type { HostFamily, HostPoint } from "./host-family.ts";
import { createMemory } from "./memory.ts";
import { createNetwork } from "./network.ts";
import { createProcesses } from "./process.ts";

export interface HostOptions {
  /** Where the host's /proc is; in a container where it is mounted. */
  readonly procPath: string;
  readonly hostName: string;
  readonly osType: string;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Every family that is read. */
export const HOST_FAMILIES: readonly ((procPath: string) => HostFamily)[] = [
  createCpu,
  createMemory,
  createDisk,
  createNetwork,
  createProcesses,
];

/**
 * The host's metrics: one reading of all families a call. A family that cannot be read is left out, and said once.
 * Where there is no Linux there is nothing to read: that is said once too, and every reading is undefined.
 */
export function createHostMetrics({ procPath, hostName, osType, clock, log }: HostOptions) {
  if (osType !== "linux") {
    log.warn({ osType }, "host metrics are read on linux only; there will be none");
    return async (): Promise<MetricsBatch | undefined> => undefined;
  }
  const families = HOST_FAMILIES.map((create) => create(procPath));
  const failing = new Set<string>();

  async function readFamily(family: HostFamily): Promise<HostPoint[]> {
    try {
      const points = await family.read();
      failing.delete(family.name);
      return points;
    } catch (err) {
      if (!failing.has(family.name)) log.warn({ family: family.name, err }, "cannot read host metrics");
      failing.add(family.name);
      return [];
    }
  }

  return async (): Promise<MetricsBatch | undefined> => {
    const timeUnixNano = nanosOfMs(clock());
    const points = (await Promise.all(families.map(readFamily))).flat();
    return {
      // In PromQL `instance` is made of the instance alone: without it all hosts would be one series.
      resource: { "service.name": "host", "service.instance.id": hostName, "host.name": hostName, "os.type": osType },
      points: points.map((each) => ({ ...each, timeUnixNano })),
    };
  };
}
