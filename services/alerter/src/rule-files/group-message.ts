import {
  type RuleAlert,
  type RuleGroupState,
  RuleHealth,
  type RuleState as RuleStateMessage,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import type { Instance, StoredNumber } from "@sightline/rules/evaluate/instance";
import { isActive } from "@sightline/rules/evaluate/instance";
import type { RulePlan } from "@sightline/rules/evaluate/plan";
import type { GroupState, RuleState } from "@sightline/rules/evaluate/state";
import type { RuleGroup } from "@sightline/rules/file/rule-file";
import { ruleTypeOf } from "./rule-filter.ts";
import { queryOf } from "./rule-query.ts";

/** A rule and how it fared. */
export interface KnownRule {
  readonly plan: RulePlan;
  readonly state: RuleState | undefined;
}

export interface GroupView {
  readonly file: string;
  readonly group: RuleGroup;
  readonly queryOffsetMs: number;
  readonly state: GroupState;
  readonly rules: readonly KnownRule[];
  /** Of groups that say none. */
  readonly usualIntervalMs: number;
  readonly withAlerts: boolean;
}

/** A group as it is told. */
export function groupMessage({
  file,
  group,
  queryOffsetMs,
  state,
  rules,
  usualIntervalMs,
  withAlerts,
}: GroupView): RuleGroupState {
  const { name, intervalMs = usualIntervalMs, limit } = group;
  const { lastEvaluatedAtMs, lastDurationMs, outage } = state;
  return {
    file,
    name,
    intervalMs: integer(intervalMs),
    queryOffsetMs: integer(queryOffsetMs),
    limit,
    evaluatedAtUnixMs: integer(lastEvaluatedAtMs),
    durationMs: integer(lastDurationMs),
    rules: rules.map((rule) => ruleMessage(rule, withAlerts)),
    outageSinceUnixMs: integer(outage?.sinceMs),
    outageMessage: outage?.message ?? "",
  };
}

const healths = { unknown: RuleHealth.UNKNOWN, ok: RuleHealth.OK, err: RuleHealth.ERROR } as const;

function ruleMessage({ plan, state }: KnownRule, withAlerts: boolean): RuleStateMessage {
  const { rule, labels } = plan;
  const { kind, text } = queryOf(rule);
  const active = state?.instances.filter(isActive) ?? [];
  const own = rule.kind === "alerting" ? rule : { annotations: {}, forMs: 0, keepFiringForMs: 0 };
  return {
    name: rule.name,
    type: ruleTypeOf(plan),
    kind,
    query: text,
    labels: { ...labels },
    annotations: { ...own.annotations },
    forMs: integer(own.forMs),
    keepFiringForMs: integer(own.keepFiringForMs),
    health: healths[state?.health ?? "unknown"],
    lastError: state?.lastError ?? "",
    evaluatedAtUnixMs: integer(state?.lastEvaluatedAtMs),
    durationMs: integer(state?.lastDurationMs),
    pending: active.some((instance) => instance.state === "pending"),
    firing: active.some((instance) => instance.state === "firing"),
    alerts: withAlerts ? active.map(alertMessage) : [],
  };
}

function alertMessage(instance: Instance): RuleAlert {
  const { labels, annotations, state, value, activeAtMs, firedAtMs, keepFiringSinceMs } = instance;
  return {
    labels: { ...labels },
    annotations: { ...annotations },
    firing: state === "firing",
    value: numberOf(value),
    activeAtUnixMs: integer(activeAtMs),
    firedAtUnixMs: integer(firedAtMs),
    keepFiringSinceUnixMs: integer(keepFiringSinceMs),
  };
}

function numberOf(value: StoredNumber): number {
  if (typeof value === "number") return value;
  return value === "NaN" ? Number.NaN : value === "+Inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function integer(value: number | undefined): bigint {
  return BigInt(Math.round(value ?? 0));
}
