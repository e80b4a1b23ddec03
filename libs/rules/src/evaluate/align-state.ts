import type { Labels } from "../labels.ts";
import type { Decision } from "./decision.ts";
import { decisionOf } from "./evaluate-alerting.ts";
import { isActive } from "./instance.ts";
import { type GroupPlan, ruleNameOf } from "./plan.ts";
import { emptyRuleState, type GroupState, type RuleState } from "./state.ts";
import { seriesOfAlerts } from "./written-samples.ts";

export interface AlignedState {
  readonly state: GroupState;
  /** The ends of alerts whose rule is not there any more. */
  readonly records: readonly Decision[];
}

/**
 * The state of a group for the rules as they are now (rules/group.go, CopyState): rules are known again by their name and labels, of several that
 * are alike the first is the first. Series of rules that are gone are to be ended.
 */
export function alignState(plan: GroupPlan, state: GroupState, nowMs: number): AlignedState {
  const isSame =
    state.rules.length === plan.rules.length && plan.rules.every(({ id }, at) => state.rules[at]?.id === id);
  if (isSame) return { state, records: [] };
  const left = new Map<string, RuleState[]>();
  for (const rule of state.rules) left.set(rule.id, [...(left.get(rule.id) ?? []), rule]);
  const rules = plan.rules.map(({ id }) => left.get(id)?.shift() ?? emptyRuleState(id));
  const gone = [...left.values()].flat();
  const series: Labels[] = [...(state.orphanedSeries ?? []), ...gone.flatMap(seriesOf)];
  const records = gone.flatMap((rule) => endOf(rule, plan.name, nowMs));
  return { state: { ...state, rules, ...(series.length > 0 && { orphanedSeries: series }) }, records };
}

function seriesOf({ id, series = [], instances }: RuleState): readonly Labels[] {
  return [...series, ...seriesOfAlerts({ name: ruleNameOf(id), labels: {} }, instances)];
}

function endOf({ id, instances }: RuleState, group: string, nowMs: number): readonly Decision[] {
  const name = ruleNameOf(id);
  const context = { group, atMs: nowMs, nowMs, isProvisional: false };
  return instances.filter(isActive).map((instance) =>
    decisionOf({ id, rule: { name } }, instance, {
      from: instance.state,
      to: "inactive",
      reason: "rule_removed",
      context,
    }),
  );
}
