import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface MetricsOptions {
  /** Name of the service. */
  readonly name: string;
  readonly version: string;
}

/** A registry of its own for one run of a service, with Node's process metrics and `sightline_build_info`. */
export function createMetrics({ name, version }: MetricsOptions): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  new Gauge({
    name: "sightline_build_info",
    help: "Always 1; its labels say what runs.",
    labelNames: ["service", "version", "node"],
    registers: [registry],
  }).set({ service: name, version, node: process.versions.node }, 1);
  return registry;
}

/** How long gRPC calls take on the server, by method and outcome; given to the gRPC server. */
export function rpcServerDuration(registry: Registry): Histogram<"method" | "code"> {
  return new Histogram({
    name: "rpc_server_duration_seconds",
    help: "Time from a call's arrival to its answer.",
    labelNames: ["method", "code"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers: [registry],
  });
}
