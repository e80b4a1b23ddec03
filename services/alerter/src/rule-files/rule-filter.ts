import { invalid } from "@sightline/errors/app-error";
import { type ListRuleGroupsRequest, RuleType } from "@sightline/proto/sightline/alert/v1/rule_service";
import { readQuery } from "@sightline/query/promql/engine";
import { createMatch } from "@sightline/query/promql/matcher";
import type { RulePlan } from "@sightline/rules/evaluate/plan";
import type { GroupInForce } from "./groups-in-force.ts";

/** Which rules are asked for. */
export interface RuleFilter {
  allowsGroup(group: Pick<GroupInForce, "file" | "group">): boolean;
  allowsRule(rule: RulePlan): boolean;
}

/** Throws invalid_argument for a selector that is none. */
export function createRuleFilter(request: ListRuleGroupsRequest): RuleFilter {
  const allows = (wanted: readonly string[]) => {
    const set = new Set(wanted);
    return (value: string) => set.size === 0 || set.has(value);
  };
  const [file, group, rule] = [allows(request.files), allows(request.groups), allows(request.rules)];
  const selectors = request.selectors.map(readSelector);
  const { type } = request;
  return {
    allowsGroup: (one) => file(one.file) && group(one.group.name),
    allowsRule: (plan) =>
      rule(plan.rule.name) &&
      (type === RuleType.UNSPECIFIED || type === ruleTypeOf(plan)) &&
      (selectors.length === 0 || selectors.some((matches) => matches(plan.labels))),
  };
}

export function ruleTypeOf({ kind }: Pick<RulePlan, "kind">): RuleType {
  return kind === "alerting" ? RuleType.ALERTING : RuleType.RECORDING;
}

function readSelector(text: string): (labels: RulePlan["labels"]) => boolean {
  const { expression } = readQuery(text);
  if (expression.kind !== "vector-selector") {
    throw invalid(`cannot read a selector: got ${JSON.stringify(text)}, want one of series, such as {team="a"}`);
  }
  const matchers = expression.matchers.map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) }));
  return (labels) => matchers.every(({ name, matches }) => matches(labels[name] ?? ""));
}
