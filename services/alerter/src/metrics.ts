import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { createDispatchMetrics, type DispatchMetrics } from "./dispatch/dispatch-metrics.ts";

/** The alerter's own metrics. */
export interface AlerterMetrics {
  readonly evaluationSeconds: Histogram<"kind">;
  readonly evaluationFailures: Counter<"kind">;
  readonly jobFailures: Counter;
  readonly leading: Gauge;
  readonly clockAhead: Gauge<"clock">;
  readonly events: Counter<"subject">;
  readonly eventsDropped: Counter<"reason">;
  readonly notifications: Counter<"kind" | "outcome">;
  readonly changesPublished: Counter;
  readonly dispatch: DispatchMetrics;
  readonly ruleShards: Gauge;
  readonly ruleGroups: Gauge;
  readonly ruleGroupSeconds: Histogram;
  readonly ruleGroupDelaySeconds: Histogram;
  readonly ruleGroupIterationsMissed: Counter;
  readonly ruleGroupFailures: Counter;
  readonly ruleEvaluations: Counter;
  readonly ruleEvaluationFailures: Counter;
  readonly ruleEvents: Counter<"subject">;
  readonly ruleSamplesDropped: Counter<"reason">;
  readonly incidentsLeftOut: Counter<"reason">;
  readonly interactions: Counter<"channel" | "verb" | "outcome">;
  readonly interactionReplies: Counter<"channel" | "outcome">;
}

/** Registers them; names end in their unit. */
export function createAlerterMetrics(registry: Registry): AlerterMetrics {
  const registers = [registry];
  return {
    dispatch: createDispatchMetrics(registry),
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
    clockAhead: new Gauge({
      name: "sightline_alerter_clock_ahead_seconds",
      help: "By how much a clock is ahead of the time that counts, which is what most of them show: own, postgres, bus.",
      labelNames: ["clock"],
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
      help: "Events that meant nothing to any rule though they matched: too_late, too_many_alerts, too_many_groups, overtaken (by the end of what they begin); or unreadable ones.",
      labelNames: ["reason"],
      registers,
    }),
    notifications: new Counter({
      name: "sightline_alerter_notification_attempts_total",
      help: "Attempts to tell a channel of an alert, by kind of channel and outcome: delivered, retry, failed.",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    interactions: new Counter({
      name: "sightline_alerter_interactions_total",
      help: "Buttons of messages that were pressed, by kind of channel, verb and outcome: done, over, unknown, nothing, or the code of the error.",
      labelNames: ["channel", "verb", "outcome"],
      registers,
    }),
    interactionReplies: new Counter({
      name: "sightline_alerter_interaction_replies_total",
      help: "Messages changed after a button of theirs was pressed, by kind of channel and outcome: delivered, failed, dropped.",
      labelNames: ["channel", "outcome"],
      registers,
    }),
    incidentsLeftOut: new Counter({
      name: "sightline_alerter_incidents_left_out_total",
      help: "Alerts that are part of no incident: not_bad_enough, too_many_incidents, over_already.",
      labelNames: ["reason"],
      registers,
    }),
    ruleShards: new Gauge({
      name: "sightline_alerter_rule_shards",
      help: "Shards of groups of rules that this replica evaluates; all replicas together have 17.",
      registers,
    }),
    ruleGroups: new Gauge({
      name: "sightline_alerter_rule_groups",
      help: "Groups of rule files that this replica evaluates.",
      registers,
    }),
    ruleGroupSeconds: new Histogram({
      name: "sightline_alerter_rule_group_seconds",
      help: "Time to evaluate one group of rules. How often that was is the number of iterations.",
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 30, 60],
      registers,
    }),
    ruleGroupDelaySeconds: new Histogram({
      name: "sightline_alerter_rule_group_delay_seconds",
      help: "How long after its time the evaluation of a group of rules began.",
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60],
      registers,
    }),
    ruleGroupIterationsMissed: new Counter({
      name: "sightline_alerter_rule_group_iterations_missed_total",
      help: "Evaluations of groups of rules that were left out: the one before took too long, or nobody was there to evaluate.",
      registers,
    }),
    ruleGroupFailures: new Counter({
      name: "sightline_alerter_rule_group_failures_total",
      help: "Evaluations of groups of rules that came to nothing since they could not be read or kept.",
      registers,
    }),
    ruleEvaluations: new Counter({
      name: "sightline_alerter_rule_evaluations_total",
      help: "Evaluations of rules of rule files. Those that nobody could be asked about do not count.",
      registers,
    }),
    ruleEvaluationFailures: new Counter({
      name: "sightline_alerter_rule_evaluation_failures_total",
      help: "Evaluations of rules of rule files that failed.",
      registers,
    }),
    ruleEvents: new Counter({
      name: "sightline_alerter_rule_events_total",
      help: "Events taken in for rule files, by subject of the bus.",
      labelNames: ["subject"],
      registers,
    }),
    ruleSamplesDropped: new Counter({
      name: "sightline_alerter_rule_samples_dropped_total",
      help: "Samples that rules recorded and the bus did not take: not_taken within a minute, no_room for what waits for it.",
      labelNames: ["reason"],
      registers,
    }),
    changesPublished: new Counter({
      name: "sightline_alerter_changes_published_total",
      help: "Changes of alerts told to the bus.",
      registers,
    }),
  };
}
