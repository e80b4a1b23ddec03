import { AppError } from "@sightline/errors/app-error";
import {
  ListRuleGroupsRequest,
  type RuleAlert,
  type RuleGroupState,
  RuleHealth,
  type RuleState,
  RuleType,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import type { QueryRequest } from "../http/query-api.ts";
import type { ApiContext } from "./endpoint.ts";
import { badParameter } from "./parameters.ts";
import { type AlertJson, exponentText, type GroupJson, momentText } from "./rule-json.ts";
import type { RuleQuestion } from "./rule-question.ts";

const TYPES = { "": RuleType.UNSPECIFIED, alert: RuleType.ALERTING, record: RuleType.RECORDING } as const;
const deadlineMs = 60_000;

export interface FileRuleGroups {
  readonly groups: readonly GroupJson[];
  /** Where to go on; "" when there are no more. */
  readonly next: string;
}

/** The groups of rule files that are asked for, as Prometheus tells them. */
export async function fileRuleGroups(
  question: RuleQuestion,
  asking: Pick<QueryRequest, "caller" | "signal">,
  context: ApiContext,
): Promise<FileRuleGroups> {
  const { groups, next } = await listGroups(question, asking, context);
  return { groups: groups.map((group) => groupJson(group, question.withAlerts)), next };
}

/** The alerts of rule files that are pending or fire. */
export async function fileRuleAlerts(
  question: RuleQuestion,
  asking: Pick<QueryRequest, "caller" | "signal">,
  context: ApiContext,
): Promise<AlertJson[]> {
  const { groups } = await listGroups(question, asking, context);
  return groups.flatMap(({ rules }) => rules.flatMap(({ alerts }) => alerts.map(alertJson)));
}

async function listGroups(
  { type, names, groups, files, selectors, withAlerts, limit, nextGroup }: RuleQuestion,
  { caller, signal }: Pick<QueryRequest, "caller" | "signal">,
  { rules }: ApiContext,
) {
  const request = ListRuleGroupsRequest.fromPartial({
    ...{ files: [...files], groups: [...groups], rules: [...names], selectors: [...selectors] },
    ...{ type: TYPES[type], withoutAlerts: !withAlerts, limit, nextGroup },
  });
  const found: RuleGroupState[] = [];
  let next = "";
  try {
    for await (const message of rules.stream("listRuleGroups", request, {
      tenant: caller.tenant,
      signal,
      deadlineMs,
    })) {
      found.push(...message.groups);
      next = message.nextGroup;
    }
  } catch (thrown) {
    const error = AppError.from(thrown);
    // All else that could be wrong with the question was looked at before.
    if (nextGroup !== "" && error.code === "invalid_argument") throw badParameter("group_next_token", error.message);
    throw error;
  }
  return { groups: found, next };
}

function groupJson(group: RuleGroupState, withAlerts: boolean): GroupJson {
  return {
    name: group.name,
    file: group.file,
    rules: group.rules.map((rule) => ruleJson(rule, withAlerts)),
    interval: secondsOf(group.intervalMs),
    limit: group.limit,
    evaluationTime: secondsOf(group.durationMs),
    lastEvaluation: momentOf(group.evaluatedAtUnixMs),
  };
}

const HEALTHS: Readonly<Record<number, string>> = { [RuleHealth.OK]: "ok", [RuleHealth.ERROR]: "err" };

function ruleJson(rule: RuleState, withAlerts: boolean): object {
  const { name, query, labels, annotations } = rule;
  const fared = {
    health: HEALTHS[rule.health] ?? "unknown",
    ...(rule.lastError === "" ? {} : { lastError: rule.lastError }),
    evaluationTime: secondsOf(rule.durationMs),
    lastEvaluation: momentOf(rule.evaluatedAtUnixMs),
  };
  if (rule.type === RuleType.RECORDING) {
    return { name, query, ...(Object.keys(labels).length > 0 && { labels }), ...fared, type: "recording" };
  }
  return {
    state: rule.firing ? "firing" : rule.pending ? "pending" : "inactive",
    name,
    query,
    duration: secondsOf(rule.forMs),
    keepFiringFor: secondsOf(rule.keepFiringForMs),
    labels,
    annotations,
    ...(withAlerts && { alerts: rule.alerts.map(alertJson) }),
    ...fared,
    type: "alerting",
  };
}

function alertJson(alert: RuleAlert): AlertJson {
  const { labels, annotations, firing, value, activeAtUnixMs, keepFiringSinceUnixMs: keptSince } = alert;
  return {
    labels,
    annotations,
    state: firing ? "firing" : "pending",
    activeAt: momentOf(activeAtUnixMs),
    ...(keptSince !== 0n && { keepFiringSince: momentOf(keptSince) }),
    value: exponentText(value),
  };
}

function secondsOf(ms: bigint): number {
  return Number(ms) / 1000;
}

function momentOf(unixMs: bigint): string {
  return momentText(unixMs * 1_000_000n);
}
