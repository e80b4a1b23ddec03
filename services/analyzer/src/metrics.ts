import { Counter, Gauge, type Registry } from "prom-client";

/** The analyzer's own metrics. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    samples: new Counter({
      name: "sightline_analyzer_samples_total",
      help: "Samples compared with a baseline",
      registers,
    }),
    skippedPoints: new Counter({
      name: "sightline_analyzer_skipped_points_total",
      help: "Points that were not looked at, as their tenant sent too many in a second",
      registers,
    }),
    series: new Gauge({ name: "sightline_analyzer_series", help: "Series watched", registers }),
    refused: new Counter({
      name: "sightline_analyzer_refused_total",
      help: "What is not watched because there is too much of it, by reason",
      labelNames: ["reason"],
      registers,
    }),
    anomalies: new Counter({ name: "sightline_analyzer_anomalies_total", help: "Anomalies found", registers }),
    unreadable: new Counter({
      name: "sightline_analyzer_unreadable_total",
      help: "Messages that could not be read, by subject",
      labelNames: ["subject"],
      registers,
    }),
    spans: new Counter({ name: "sightline_analyzer_spans_total", help: "Spans counted for metrics", registers }),
    droppedSpans: new Counter({
      name: "sightline_analyzer_dropped_spans_total",
      help: "Spans that are missing in metrics, or an edge of theirs, by reason",
      labelNames: ["reason"],
      registers,
    }),
    skippedMessages: new Counter({
      name: "sightline_analyzer_skipped_span_messages_total",
      help: "Messages of spans that were not counted, as they were read too late",
      registers,
    }),
    spanSeries: new Gauge({
      name: "sightline_analyzer_span_series",
      help: "Series computed of spans, of all tenants",
      registers,
    }),
    waitingSpans: new Gauge({
      name: "sightline_analyzer_waiting_spans",
      help: "Spans that wait for the one at the other end of their edge",
      registers,
    }),
    spanWeight: new Gauge({
      name: "sightline_analyzer_span_weight",
      help: "How many spans each one that is counted stands for",
      registers,
    }),
    fleetScore: new Gauge({
      name: "sightline_fleet_health_score",
      help: "Health of the fleet, 0 (all dead) to 100 (all well)",
      labelNames: ["tenant"],
      registers,
    }),
    targetScore: new Gauge({
      name: "sightline_target_health_score",
      help: "Health of a target, 0 (dead) to 100 (well)",
      labelNames: ["tenant", "target"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
