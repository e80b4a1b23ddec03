import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** The gateway's own metrics. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    httpDuration: new Histogram({
      name: "http_request_duration_seconds",
      help: "Time to answer a request of the REST interface",
      labelNames: ["method", "endpoint", "status_code"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    rpcDuration: new Histogram({
      name: "rpc_server_duration_seconds",
      help: "Time to answer a call of the public gRPC door",
      labelNames: ["method", "code"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    logins: new Counter({
      name: "security_auth_attempts_total",
      help: "Logins by outcome",
      labelNames: ["method", "result"],
      registers,
    }),
    liveViewers: new Gauge({
      name: "sightline_live_viewers",
      help: "Open WebSockets",
      registers,
    }),
    liveDropped: new Counter({
      name: "sightline_live_dropped_total",
      help: "Messages that a slow viewer missed",
      registers,
    }),
  };
}
