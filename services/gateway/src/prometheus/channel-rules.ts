import { severityFromProto } from "@sightline/events/severity";
import {
  type Alert,
  AlertState,
  ListAlertsRequest,
  type Rule,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import type { QueryRequest } from "../http/query-api.ts";
import type { ApiContext } from "./endpoint.ts";
import { type AlertJson, exponentText, type GroupJson, momentText } from "./rule-json.ts";
import { queryOfRule } from "./rule-query.ts";
import type { RuleQuestion } from "./rule-question.ts";

/** As many as the alerter gives at once. */
const MAX_ALERTS = 1000;
/** Rules that name channels have no groups and no files: they are one of each. */
const GROUP = { name: "sightline", file: "sightline" };
/** How often they are looked at, seconds. */
const INTERVAL_SECONDS = 15;
const STATES = ["inactive", "pending", "firing"] as const;

type Asking = Pick<QueryRequest, "caller" | "signal">;

/** The rules that name their channels (`/v1/rules`), those that are asked for, as one group; undefined when there are none. */
export async function channelRuleGroup(
  question: RuleQuestion,
  asking: Asking,
  context: ApiContext,
): Promise<GroupJson | undefined> {
  if (!isGroupWanted(question)) return undefined;
  const rules = (await rulesOf(asking, context)).filter((rule) => isWanted(rule, question));
  if (rules.length === 0) return undefined;
  const alerts = await alertsOf(rules, asking, context);
  let last = 0n;
  for (const { lastEvaluatedUnixNano: at } of rules) if (at > last) last = at;
  const written = rules.map((rule) => ruleJson(rule, alerts, question.withAlerts));
  const times = { interval: INTERVAL_SECONDS, limit: 0, evaluationTime: 0, lastEvaluation: momentText(last) };
  return { ...GROUP, rules: written, ...times };
}

/** The alerts of these rules that are pending or fire. */
export async function channelRuleAlerts(asking: Asking, context: ApiContext): Promise<AlertJson[]> {
  const rules = await rulesOf(asking, context);
  return (await alertsOf(rules, asking, context)).map(alertJson);
}

async function rulesOf({ caller, signal }: Asking, { alerter }: ApiContext): Promise<readonly Rule[]> {
  const { rules } = await alerter.call("listRules", {}, { tenant: caller.tenant, signal });
  return rules;
}

async function alertsOf(
  rules: readonly Rule[],
  { caller, signal }: Asking,
  { alerter }: ApiContext,
): Promise<readonly Alert[]> {
  if (rules.length === 0) return [];
  const request = ListAlertsRequest.fromPartial({ limit: MAX_ALERTS, ruleIds: rules.map(({ ruleId }) => ruleId) });
  const { alerts } = await alerter.call("listAlerts", request, { tenant: caller.tenant, signal });
  return alerts;
}

/** All of these alert; none records. */
function isGroupWanted({ type, groups, files }: RuleQuestion): boolean {
  return type !== "record" && allows(groups, GROUP.name) && allows(files, GROUP.file);
}

function isWanted(rule: Rule, { names, matchesLabels }: RuleQuestion): boolean {
  return rule.enabled && allows(names, rule.name) && matchesLabels(labelsOf(rule));
}

function allows(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

function ruleJson(rule: Rule, alerts: readonly Alert[], withAlerts: boolean): object {
  const own = alerts.filter(({ ruleId }) => ruleId === rule.ruleId).map(alertJson);
  const worst = own.reduce((most, { state }) => Math.max(most, STATES.indexOf(state)), 0);
  const metric = rule.condition?.$case === "metric" ? rule.condition.value : undefined;
  return {
    state: STATES[worst],
    name: rule.name,
    query: queryOfRule(rule),
    duration: metric?.forSeconds ?? 0,
    keepFiringFor: 0,
    labels: labelsOf(rule),
    annotations: rule.annotations,
    ...(withAlerts ? { alerts: own } : {}),
    health:
      rule.lastError !== "" ? "err" : rule.lastEvaluatedUnixNano === 0n && metric !== undefined ? "unknown" : "ok",
    ...(rule.lastError === "" ? {} : { lastError: rule.lastError }),
    evaluationTime: 0,
    lastEvaluation: momentText(rule.lastEvaluatedUnixNano),
    type: "alerting",
  };
}

function labelsOf({ labels, severity }: Pick<Rule, "labels" | "severity">): Record<string, string> {
  return { severity: severityFromProto(severity), ...labels };
}

function alertJson(alert: Alert): AlertJson {
  const { annotations, state, value, pendingSinceUnixNano, firedAtUnixNano } = alert;
  return {
    labels: { ...labelsOf(alert), alertname: alert.ruleName },
    annotations,
    // Somebody has taken one that is acknowledged; it fires all the same.
    state: state === AlertState.PENDING ? "pending" : "firing",
    activeAt: momentText(pendingSinceUnixNano === 0n ? firedAtUnixNano : pendingSinceUnixNano),
    value: exponentText(value),
  };
}
