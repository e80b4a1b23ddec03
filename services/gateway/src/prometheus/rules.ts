import { severityFromProto } from "@sightline/events/severity";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import {
  type Alert,
  AlertState,
  ListAlertsRequest,
  type Rule,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { createMatch } from "@sightline/query/promql/matcher";
import { valueText } from "@sightline/query/promql/result-json";
import type { QueryRequest } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { type ApiContext, answerOf, type Endpoint } from "./endpoint.ts";
import { badParameter, flagOf, selectorsOf } from "./parameters.ts";
import { queryOfRule } from "./rule-query.ts";

/** As many as the alerter gives at once. */
const MAX_ALERTS = 1000;
/** Rules have no groups and no files: they are one of each. */
const GROUP = { name: "sightline", file: "sightline" };
/** How often rules are looked at, seconds. */
const INTERVAL_SECONDS = 15;
const NEVER = "0001-01-01T00:00:00Z";

export const ruleEndpoints: readonly Endpoint[] = [
  {
    path: "/rules",
    answer: async (request, context) => {
      const filter = ruleFilter(request.parameters);
      const isPaged = checkPaging(request.parameters);
      const rules = (await rulesOf(request, context)).filter(filter.isWanted);
      const alerts = rules.length > 0 ? await alertsOf(request, context) : [];
      const written = rules.map((rule) => ruleJson(rule, alerts, filter.withAlerts));
      const groups = written.length === 0 ? [] : [groupJson(rules, written)];
      return answerOf(isPaged ? { groups, groupNextToken: "" } : { groups });
    },
  },
  {
    path: "/alerts",
    answer: async (request, context) => answerOf({ alerts: (await alertsOf(request, context)).map(alertJson) }),
  },
  {
    // Sightline tells people itself.
    path: "/alertmanagers",
    answer: async () => answerOf({ activeAlertmanagers: [], droppedAlertmanagers: [] }),
  },
];

async function rulesOf({ caller, signal }: QueryRequest, { alerter }: ApiContext): Promise<readonly Rule[]> {
  const { rules } = await alerter.call("listRules", {}, { tenant: caller.tenant, signal });
  return rules;
}

async function alertsOf({ caller, signal }: QueryRequest, { alerter }: ApiContext): Promise<readonly Alert[]> {
  const request = ListAlertsRequest.fromPartial({ limit: MAX_ALERTS });
  const { alerts } = await alerter.call("listAlerts", request, { tenant: caller.tenant, signal });
  return alerts;
}

interface RuleFilter {
  readonly isWanted: (rule: Rule) => boolean;
  readonly withAlerts: boolean;
}

/** Which rules a request asks for. All of ours alert; none records. */
function ruleFilter(parameters: Parameters): RuleFilter {
  const type = parameters.get("type").toLowerCase();
  if (type !== "" && type !== "alert" && type !== "record") {
    throw badParameter("type", `not supported value ${JSON.stringify(type)}`);
  }
  const allows = (name: string, value: string) => {
    const wanted = parameters.all(name);
    return wanted.length === 0 || wanted.includes(value);
  };
  const selectors = selectorsOf(parameters).map((matchers) =>
    matchers.map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) })),
  );
  const isGroupWanted = type !== "record" && allows("rule_group[]", GROUP.name) && allows("file[]", GROUP.file);
  return {
    isWanted: (rule) => {
      if (!rule.enabled || !isGroupWanted || !allows("rule_name[]", rule.name)) return false;
      const labels = labelsOf(rule);
      const matched = selectors.some((all) => all.every(({ name, matches }) => matches(labels[name] ?? "")));
      return selectors.length === 0 || matched;
    },
    withAlerts: !flagOf(parameters, "exclude_alerts"),
  };
}

/** Whether groups are asked for page by page; all that there are fit on one. */
function checkPaging(parameters: Parameters): boolean {
  const limit = parameters.get("group_limit");
  const token = parameters.get("group_next_token");
  if (token !== "" && limit === "") {
    const problem = "group_limit needs to be present in order to paginate over the groups";
    throw badParameter("group_next_token", problem);
  }
  if (limit === "") return false;
  if (!/^[+-]?\d{1,9}$/.test(limit)) throw badParameter("group_limit", "group_limit needs to be a valid number");
  if (Number(limit) <= 0) throw badParameter("group_limit", "group_limit needs to be greater than 0");
  if (token !== "") {
    throw badParameter("group_next_token", `invalid group_next_token '${token}'. were rule groups changed?`);
  }
  return true;
}

function groupJson(rules: readonly Rule[], written: readonly object[]): object {
  let last = 0n;
  for (const { lastEvaluatedUnixNano: at } of rules) if (at > last) last = at;
  return {
    ...GROUP,
    rules: written,
    interval: INTERVAL_SECONDS,
    limit: 0,
    evaluationTime: 0,
    lastEvaluation: momentText(last),
  };
}

const STATES = ["inactive", "pending", "firing"] as const;

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

function alertJson(alert: Alert) {
  const { annotations, state, value, pendingSinceUnixNano, firedAtUnixNano } = alert;
  return {
    labels: { ...labelsOf(alert), alertname: alert.ruleName },
    annotations,
    // Somebody has taken one that is acknowledged; it fires all the same.
    state: state === AlertState.PENDING ? ("pending" as const) : ("firing" as const),
    activeAt: momentText(pendingSinceUnixNano === 0n ? firedAtUnixNano : pendingSinceUnixNano),
    value: exponentText(value),
  };
}

/** As Go writes a float with an exponent: `1e+00`. */
function exponentText(value: number): string {
  if (!Number.isFinite(value)) return valueText(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, "0")}`;
}

function momentText(unixNano: bigint): string {
  return unixNano === 0n ? NEVER : formatRfc3339(unixNano);
}
