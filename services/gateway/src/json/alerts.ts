import { severityFromProto, severityToProto } from "@sightline/events/severity";
import {
  type Alert,
  type AlertChange,
  AlertState,
  type Channel,
  Comparison,
  EventCondition,
  type MetricCondition,
  type Notification,
  Rule,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { careForm, careToJson } from "./care.ts";
import { aggregations, functions, matcherFromText, matcherSyntax, matcherToText } from "./metrics.ts";
import { enumWords, labels, momentOf, momentOfMs, momentOrNull, severityName, uint32 } from "./scalars.ts";

export const alertStates = enumWords(
  ["pending", "firing", "acknowledged", "resolved"],
  [AlertState.PENDING, AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RESOLVED],
);

const comparisons = enumWords(
  ["greater", "greater_or_equal", "less", "less_or_equal", "equal", "not_equal"],
  [
    Comparison.GREATER,
    Comparison.GREATER_OR_EQUAL,
    Comparison.LESS,
    Comparison.LESS_OR_EQUAL,
    Comparison.EQUAL,
    Comparison.NOT_EQUAL,
  ],
);

export const alertForm = z.object({
  alertId: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  ruleFile: z.string().describe("The rule file that has the rule; empty for a rule that is in none"),
  ruleGroup: z.string(),
  fingerprint: z.string(),
  state: alertStates.schema,
  severity: severityName,
  labels,
  annotations: labels,
  summary: z.string(),
  value: z.number(),
  pendingSince: momentOrNull,
  firedAt: momentOrNull,
  acknowledgedAt: momentOrNull,
  acknowledgedBy: z.string(),
  resolvedAt: momentOrNull,
  resolvedBy: z.string(),
  snoozedUntil: momentOrNull,
  assignee: z.string().describe("Who shall see to it; empty: nobody in particular"),
  care: careForm.describe("What people do about it, also about a group that it is in"),
});

export function alertToJson(alert: Alert): z.infer<typeof alertForm> {
  return {
    alertId: alert.alertId,
    ruleId: alert.ruleId,
    ruleName: alert.ruleName,
    ruleFile: alert.ruleFile,
    ruleGroup: alert.ruleGroup,
    fingerprint: alert.fingerprint,
    state: alertStates.toWord(alert.state) ?? "pending",
    severity: severityFromProto(alert.severity),
    labels: alert.labels,
    annotations: alert.annotations,
    summary: alert.summary,
    value: alert.value,
    pendingSince: momentOf(alert.pendingSinceUnixNano),
    firedAt: momentOf(alert.firedAtUnixNano),
    acknowledgedAt: momentOf(alert.acknowledgedAtUnixNano),
    acknowledgedBy: alert.acknowledgedBy,
    resolvedAt: momentOf(alert.resolvedAtUnixNano),
    resolvedBy: alert.resolvedBy,
    snoozedUntil: momentOfMs(alert.care?.snoozedUntilUnixMs),
    assignee: alert.care?.assignee ?? "",
    care: careToJson(alert.care),
  };
}

export const alertChangeForm = z.object({
  time: momentOrNull,
  fromState: alertStates.schema.nullable(),
  toState: alertStates.schema.nullable(),
  actor: z.string(),
  note: z.string(),
});

export function alertChangeToJson(change: AlertChange): z.infer<typeof alertChangeForm> {
  return {
    time: momentOf(change.timeUnixNano),
    fromState: alertStates.toWord(change.fromState) ?? null,
    toState: alertStates.toWord(change.toState) ?? null,
    actor: change.actor,
    note: change.note,
  };
}

export const notificationForm = z.object({
  time: momentOrNull,
  channel: z.string(),
  status: z.string(),
  attempt: z.number(),
  delivered: z.boolean(),
  outcome: z.string(),
});

export function notificationToJson(notification: Notification): z.infer<typeof notificationForm> {
  return {
    time: momentOf(notification.timeUnixNano),
    channel: notification.channel,
    status: notification.status,
    attempt: notification.attempt,
    delivered: notification.delivered,
    outcome: notification.outcome,
  };
}

const metricConditionForm = z.strictObject({
  query: z.strictObject({
    metric: z.string().min(1),
    matchers: z.array(matcherSyntax).default([]),
    function: functions.schema.optional(),
    windowSeconds: uint32.default(0),
    aggregation: aggregations.schema.optional(),
    groupBy: z.array(z.string()).default([]),
  }),
  comparison: comparisons.schema,
  threshold: z.number(),
  forSeconds: uint32.default(0),
});

const eventConditionForm = z.strictObject({
  expression: z.string().min(1),
  thresholdCount: uint32.default(0),
  thresholdWindowSeconds: uint32.default(0),
  groupBy: z.array(z.string()).default([]),
  resolveExpression: z.string().default(""),
});

/** A rule as it is sent. Exactly one of `metric` and `event` is given. */
export const ruleInput = z.strictObject({
  name: z.string().min(1).max(128),
  description: z.string().default(""),
  severity: severityName.default("warning"),
  metric: metricConditionForm.optional(),
  event: eventConditionForm.optional(),
  labels: labels.default({}),
  annotations: labels.default({}),
  channels: z.array(z.string()).default([]),
  enabled: z.boolean().default(true),
});

/** A rule as it is answered. */
export const ruleForm = ruleInput.extend({
  ruleId: z.string(),
  lastEvaluated: momentOrNull,
  lastError: z.string(),
});

function metricConditionFromJson(form: z.infer<typeof metricConditionForm>): MetricCondition {
  return {
    query: QueryMetricsRequest.fromPartial({
      metric: form.query.metric,
      matchers: form.query.matchers.map(matcherFromText),
      function: functions.toNumber(form.query.function),
      windowSeconds: form.query.windowSeconds,
      aggregation: aggregations.toNumber(form.query.aggregation),
      groupBy: form.query.groupBy,
    }),
    comparison: comparisons.toNumber(form.comparison),
    threshold: form.threshold,
    forSeconds: form.forSeconds,
  };
}

function metricConditionToJson(condition: MetricCondition): z.infer<typeof metricConditionForm> {
  const query = condition.query ?? QueryMetricsRequest.create();
  const seriesFunction = functions.toWord(query.function);
  const aggregation = aggregations.toWord(query.aggregation);
  return {
    query: {
      metric: query.metric,
      matchers: query.matchers.map(matcherToText),
      ...(seriesFunction !== undefined && { function: seriesFunction }),
      windowSeconds: query.windowSeconds,
      ...(aggregation !== undefined && { aggregation }),
      groupBy: query.groupBy,
    },
    comparison: comparisons.toWord(condition.comparison) ?? "greater",
    threshold: condition.threshold,
    forSeconds: condition.forSeconds,
  };
}

/** What was sent as a rule, with the id it is to have ("" for a new one). Neither condition: left for alerter to refuse. */
export function ruleFromJson(ruleId: string, form: z.infer<typeof ruleInput>): Rule {
  const { metric, event } = form;
  return Rule.fromPartial({
    ruleId,
    name: form.name,
    description: form.description,
    severity: severityToProto(form.severity),
    ...(metric !== undefined && { condition: { $case: "metric", value: metricConditionFromJson(metric) } }),
    ...(event !== undefined && { condition: { $case: "event", value: EventCondition.fromPartial(event) } }),
    labels: form.labels,
    annotations: form.annotations,
    channels: form.channels,
    enabled: form.enabled,
  });
}

export function ruleToJson(rule: Rule): z.infer<typeof ruleForm> {
  const { condition } = rule;
  return {
    ruleId: rule.ruleId,
    name: rule.name,
    description: rule.description,
    severity: severityFromProto(rule.severity),
    ...(condition?.$case === "metric" && { metric: metricConditionToJson(condition.value) }),
    ...(condition?.$case === "event" && { event: { ...condition.value } }),
    labels: rule.labels,
    annotations: rule.annotations,
    channels: rule.channels,
    enabled: rule.enabled,
    lastEvaluated: momentOf(rule.lastEvaluatedUnixNano),
    lastError: rule.lastError,
  };
}

const webhookForm = z.strictObject({
  url: z.string().min(1).describe("Answers hold its origin and `/…`, by which the path stays as it was"),
  timeoutMs: uint32.default(0),
  retryAttempts: uint32.default(0),
  retryDelayMs: uint32.default(0),
  bearerToken: z.string().default("").describe('Write-only; answers hold "" and set hasBearerToken'),
});

/** A channel as it is sent; its name is in the path. Exactly one kind is given. */
export const channelInput = z.strictObject({
  console: z.strictObject({}).optional(),
  webhook: webhookForm.optional(),
});

export const channelForm = z.object({
  name: z.string(),
  console: z.object({}).optional(),
  webhook: webhookForm.extend({ hasBearerToken: z.boolean() }).optional(),
});

export function channelFromJson(name: string, form: z.infer<typeof channelInput>): Channel {
  if (form.webhook !== undefined) {
    return { name, kind: { $case: "webhook", value: { ...form.webhook, hasBearerToken: false } } };
  }
  return { name, kind: form.console === undefined ? undefined : { $case: "console", value: {} } };
}

export function channelToJson(channel: Channel): z.infer<typeof channelForm> {
  const { kind } = channel;
  return {
    name: channel.name,
    ...(kind?.$case === "console" && { console: {} }),
    ...(kind?.$case === "webhook" && { webhook: { ...kind.value } }),
  };
}
