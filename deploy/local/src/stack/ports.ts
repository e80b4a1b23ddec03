import { freePort, isPortFree } from "../servers/free-port.ts";

/** Every port of the stack: who listens and where by default. */
export const PORTS = {
  ingestGrpc: { owner: "ingest", port: 4317 },
  ingestHttp: { owner: "ingest", port: 4318 },
  jaeger: { owner: "ingest", port: 14268 },
  syslog: { owner: "ingest", port: 5514 },
  healthCheck: { owner: "ingest", port: 13133 },
  gatewayHttp: { owner: "gateway", port: 8080 },
  gatewayGrpc: { owner: "gateway", port: 8081 },
  storage: { owner: "storage", port: 7101 },
  analyzer: { owner: "analyzer", port: 7102 },
  alerter: { owner: "alerter", port: 7103 },
  reporter: { owner: "reporter", port: 7104 },
  collector: { owner: "collector", port: 7105 },
  collectorAdmin: { owner: "collector", port: 7200 },
  ingestAdmin: { owner: "ingest", port: 7201 },
  storageAdmin: { owner: "storage", port: 7202 },
  analyzerAdmin: { owner: "analyzer", port: 7203 },
  alerterAdmin: { owner: "alerter", port: 7204 },
  reporterAdmin: { owner: "reporter", port: 7205 },
  gatewayAdmin: { owner: "gateway", port: 7206 },
  clickhouse: { owner: "clickhouse", port: 7301 },
  postgres: { owner: "postgres", port: 7302 },
  nats: { owner: "nats", port: 7303 },
  natsMonitor: { owner: "nats", port: 7304 },
  redis: { owner: "redis", port: 7305 },
} as const satisfies Record<string, { owner: string; port: number }>;

export type PortName = keyof typeof PORTS;

/** Which port something has in one stack. */
export type Ports = (name: PortName) => number;

const names = Object.keys(PORTS).filter((name): name is PortName => name in PORTS);
const highestPort = 65_535;

/** The default ports, all moved by the same offset. Throws one line when that leaves the range of ports. */
export function portsAt(offset: number): Ports {
  for (const name of names) {
    const moved = PORTS[name].port + offset;
    if (!Number.isInteger(moved) || moved < 1 || moved > highestPort) {
      throw new Error(`cannot use SIGHTLINE_PORT_OFFSET: got port ${moved}, want 1 to ${highestPort}`);
    }
  }
  return (name) => PORTS[name].port + offset;
}

/** Ports that were free a moment ago, for stacks that run beside each other. */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>();
  while (found.size < names.length) found.add(await freePort());
  const chosen = new Map([...found].map((port, index) => [names[index], port]));
  return (name) => chosen.get(name) ?? PORTS[name].port;
}

/**
 * Checks that every port can be bound, and throws one line for the first that cannot. `hostOf` tells on which
 * interface its owner listens; undefined for an owner that is not started.
 */
export async function assertPortsFree(ports: Ports, hostOf: (owner: string) => string | undefined): Promise<void> {
  for (const name of names) {
    const { owner } = PORTS[name];
    const host = hostOf(owner);
    if (host === undefined || (await isPortFree(ports(name), host))) continue;
    const nextOffset = ports(name) - PORTS[name].port + 1000;
    const advice = `stop it or run SIGHTLINE_PORT_OFFSET=${nextOffset} make up`;
    throw new Error(`cannot start ${owner}: port ${ports(name)} is taken by another program; ${advice}`);
  }
}
