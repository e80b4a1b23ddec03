import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HostFamily, type MetricSpec, point } from "./host-family.ts";

const BYTES: MetricSpec = {
  name: "system_network_bytes_total",
  unit: "By",
  help: "Bytes received (rx) and sent (tx) since boot",
  kind: "counter",
};

/** Interfaces more than these are left out. */
const MAX_INTERFACES = 64;

/** The ends of containers' cables: they come and go, and what passes them passes a real interface as well. */
const VIRTUAL = /^(veth|cali|lxc|tap|ifb)/;

/** Bytes that passed an interface since it came up. */
export interface InterfaceBytes {
  readonly name: string;
  readonly received: number;
  readonly sent: number;
}

/** The interfaces of /proc/net/dev (proc_pid_net(5)), without those of containers. */
export function parseInterfaces(dev: string): InterfaceBytes[] {
  const interfaces: InterfaceBytes[] = [];
  for (const [, name = "", numbers = ""] of dev.matchAll(/^ *([^\s:]+):([\d ]+)$/gm)) {
    const counts = numbers.trim().split(/ +/).map(Number);
    const [received, sent] = [counts[0], counts[8]];
    if (received === undefined || sent === undefined || VIRTUAL.test(name)) continue;
    interfaces.push({ name, received, sent });
  }
  return interfaces.slice(0, MAX_INTERFACES);
}

/** When the host was booted, nanoseconds since the Unix epoch (`btime` of /proc/stat). */
export function parseBootTime(stat: string): bigint | undefined {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return seconds === undefined ? undefined : BigInt(seconds) * 1_000_000_000n;
}

/** Traffic by interface and direction. */
export function createNetwork(procPath: string): HostFamily {
  return {
    name: "network",
    async read() {
      const startUnixNano = parseBootTime(await readFile(join(procPath, "stat"), "utf8")) ?? 0n;
      const interfaces = parseInterfaces(await readFile(join(procPath, "net/dev"), "utf8"));
      return interfaces.flatMap(({ name, received, sent }) => [
        { ...point(BYTES, received, { interface: name, direction: "rx" }), startUnixNano },
        { ...point(BYTES, sent, { interface: name, direction: "tx" }), startUnixNano },
      ]);
    },
  };
}
