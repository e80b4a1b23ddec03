import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** The alerter's own metrics. */
export interface AlerterMetrics {
  readonly evaluationSeconds: Histogram<"kind">;
  readonly evaluationFailures: Counter<"kind">;
  readonly jobFailures: Counter;
  readonly leading: Gauge;
  readonly events: Counter<"subject">;
  readonly eventsDropped: Counter<"reason">;
  readonly notifications: Counter<"kind" | "outcome">;
  readonly changesPublished: Counter;
}

/** Registers them; names end in their unit. */
export function createAlerterMetrics(registry: Registry): AlerterMetrics {
  const registers = [registry];
  return {
    evaluationSeconds: new Histogram({
      name: "sightline_alerter_evaluation_seconds",
      help: "Time to evaluate one rule, by kind of rule.",
      labelNames: ["kind"],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10],
      registers,
    }),
    evaluationFailures: new Counter({
      name: "sightline_alerter_evaluation_failures_total",
      help: "Evaluations of a rule that failed, by kind of rule; its alerts stayed as they were.",
      labelNames: ["kind"],
      registers,
    }),
    jobFailures: new Counter({
      name: "sightline_alerter_job_failures_total",
      help: "Rounds of evaluation, of notifying and of publishing that failed as a whole.",
      registers,
    }),
    leading: new Gauge({
      name: "sightline_alerter_leading",
      help: "Whether this replica is the one that evaluates and notifies: 1 or 0.",
      registers,
    }),
    events: new Counter({
      name: "sightline_alerter_events_total",
      help: "Events taken in, by subject of the bus.",
      labelNames: ["subject"],
      registers,
    }),
    eventsDropped: new Counter({
      name: "sightline_alerter_events_dropped_total",
      help: "Events that meant nothing to any rule though they matched: too_late, too_many_alerts, too_many_groups; or unreadable ones.",
      labelNames: ["reason"],
      registers,
    }),
    notifications: new Counter({
      name: "sightline_alerter_notification_attempts_total",
      help: "Attempts to tell a channel of an alert, by kind of channel and outcome: delivered, retry, failed.",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    changesPublished: new Counter({
      name: "sightline_alerter_changes_published_total",
      help: "Changes of alerts told to the bus.",
      registers,
    }),
  };
}
