import type { PortName } from "@sightline/local/stack/ports";
import type { ServiceName } from "@sightline/local/stack/services";
import type { Stack } from "@sightline/local/stack/stack";
import { type Cut, type Link, startLink } from "./link.ts";
import { type ServiceProcess, type ServiceProcessOptions, startService } from "./service-process.ts";

/** Whom a service speaks to of its own accord. */
const peers = {
  ingest: ["nats", "postgres", "redis"],
  storage: ["nats", "clickhouse", "postgres"],
  alerter: ["nats", "postgres", "storage"],
  gateway: ["nats", "postgres", "redis", "storage", "alerter"],
} as const satisfies Partial<Record<ServiceName, readonly PortName[]>>;

/** A process of a service with a link of its own to everybody whom it speaks to. */
export interface LinkedService extends ServiceProcess {
  readonly name: keyof typeof peers;
  readonly peers: readonly PortName[];
  /** Cuts it off from some of them, or from all. */
  cut(way: Cut, ...from: readonly PortName[]): void;
}

/** Starts it, as `startService` does. */
export async function startLinkedService(
  stack: Stack,
  name: keyof typeof peers,
  options: Omit<ServiceProcessOptions, "through"> = {},
): Promise<LinkedService> {
  const closers = new AsyncDisposableStack();
  const links = new Map<PortName, Link>();
  for (const peer of peers[name]) links.set(peer, closers.use(await startLink(stack.port(peer))));
  const through = new Map([...links].map(([peer, link]) => [stack.port(peer), link.port]));
  const service = closers.use(await startService(stack, name, { ...options, through }));
  return {
    ...service,
    name,
    peers: peers[name],
    cut(way, ...from) {
      for (const peer of from.length === 0 ? links.keys() : from) links.get(peer)?.cut(way);
    },
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}
