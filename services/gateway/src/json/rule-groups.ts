import {
  type RuleAlert,
  type RuleGroupState,
  RuleHealth,
  type RuleState,
  RuleType,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import { z } from "zod";
import { enumWords, labels, moment, momentOfMs, momentOrNull } from "./scalars.ts";

export const ruleTypes = enumWords(["alerting", "recording"], [RuleType.ALERTING, RuleType.RECORDING]);
const healths = enumWords(["unknown", "ok", "error"], [RuleHealth.UNKNOWN, RuleHealth.OK, RuleHealth.ERROR]);

const ruleAlertForm = z.object({
  labels,
  annotations: labels,
  state: z.enum(["pending", "firing"]),
  value: z.union([z.number(), z.enum(["NaN", "+Inf", "-Inf"])]),
  activeSince: momentOrNull,
  firedAt: momentOrNull,
  keptFiringSince: momentOrNull.describe("Since when it fires only because of keep_firing_for"),
});

const ruleForm = z.object({
  name: z.string(),
  type: ruleTypes.schema,
  kind: z.string().describe("promql, logql, traceql, events, anomaly, change, slo, checks or composite"),
  query: z.string(),
  labels,
  annotations: labels,
  forSeconds: z.number(),
  keepFiringForSeconds: z.number(),
  state: z.enum(["inactive", "pending", "firing"]),
  health: healths.schema,
  lastError: z.string(),
  evaluatedAt: momentOrNull,
  durationMs: z.number(),
  alerts: z.array(ruleAlertForm).describe("Those that are pending or firing"),
});

export const ruleGroupForm = z.object({
  file: z.string(),
  name: z.string(),
  intervalSeconds: z.number(),
  queryOffsetSeconds: z.number(),
  limit: z.number(),
  evaluatedAt: momentOrNull,
  durationMs: z.number(),
  outage: z
    .object({ since: moment, message: z.string() })
    .nullable()
    .describe("Since when nobody could be asked: all alerts stay as they are meanwhile"),
  rules: z.array(ruleForm),
});

export function ruleGroupToJson(group: RuleGroupState): z.infer<typeof ruleGroupForm> {
  const { file, name, limit, outageMessage } = group;
  const since = momentOfMs(group.outageSinceUnixMs);
  return {
    file,
    name,
    intervalSeconds: secondsOf(group.intervalMs),
    queryOffsetSeconds: secondsOf(group.queryOffsetMs),
    limit,
    evaluatedAt: momentOfMs(group.evaluatedAtUnixMs),
    durationMs: Number(group.durationMs),
    outage: since === null ? null : { since, message: outageMessage },
    rules: group.rules.map(ruleToJson),
  };
}

function ruleToJson(rule: RuleState): z.infer<typeof ruleForm> {
  const { name, type, kind, query, labels: own, annotations, health, lastError } = rule;
  return {
    name,
    type: ruleTypes.toWord(type) ?? "alerting",
    kind,
    query,
    labels: own,
    annotations,
    forSeconds: secondsOf(rule.forMs),
    keepFiringForSeconds: secondsOf(rule.keepFiringForMs),
    state: rule.firing ? "firing" : rule.pending ? "pending" : "inactive",
    health: healths.toWord(health) ?? "unknown",
    lastError,
    evaluatedAt: momentOfMs(rule.evaluatedAtUnixMs),
    durationMs: Number(rule.durationMs),
    alerts: rule.alerts.map(alertToJson),
  };
}

function alertToJson(alert: RuleAlert): z.infer<typeof ruleAlertForm> {
  const { labels: own, annotations, firing, value } = alert;
  return {
    labels: own,
    annotations,
    state: firing ? "firing" : "pending",
    value: Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf",
    activeSince: momentOfMs(alert.activeAtUnixMs),
    firedAt: momentOfMs(alert.firedAtUnixMs),
    keptFiringSince: momentOfMs(alert.keepFiringSinceUnixMs),
  };
}

function secondsOf(ms: bigint): number {
  return Number(ms) / 1000;
}
