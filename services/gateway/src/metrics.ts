import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

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
    rangeQueries: new Counter({
      name: "sightline_range_cache_queries_total",
      help: "Range queries of PromQL by how much of their answer was remembered: hit, partial, miss or bypass",
      labelNames: ["result"],
      registers,
    }),
    rangeCacheSteps: new Counter({
      name: "sightline_range_cache_steps_total",
      help: "Steps of range queries that were remembered and not computed",
      registers,
    }),
    rangeCacheEvictions: new Counter({
      name: "sightline_range_cache_evictions_total",
      help: "Queries whose results were forgotten, by reason: bytes (others needed the room) or age",
      labelNames: ["reason"],
      registers,
    }),
    rangeCacheBytes: new Gauge({
      name: "sightline_range_cache_bytes",
      help: "What the remembered results of range queries take, some",
      registers,
    }),
    logins: new Counter({
      name: "security_auth_attempts_total",
      help: "Logins by outcome",
      labelNames: ["method", "result"],
      registers,
    }),
    untoldFailures: new Counter({
      name: "sightline_auth_failure_events_dropped_total",
      help: "Failed logins that no event tells of, by reason: busy, or not taken by ingest",
      labelNames: ["reason"],
      registers,
    }),
    inboundRequests: new Counter({
      name: "sightline_inbound_requests_total",
      help: "Requests of inbound sources by kind and outcome: taken, duplicate, or the code of the error",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    inboundAlerts: new Counter({
      name: "sightline_inbound_alerts_total",
      help: "Alerts of inbound sources that were passed on",
      labelNames: ["kind"],
      registers,
    }),
    inboundEvents: new Counter({
      name: "sightline_inbound_events_total",
      help: "Events of inbound sources that were passed on",
      labelNames: ["kind"],
      registers,
    }),
    inboundDropped: new Counter({
      name: "sightline_inbound_dropped_total",
      help: "What inbound sources sent and nothing was made of, by reason",
      labelNames: ["kind", "reason"],
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
