import type { DispatchConfig } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { RuleGroup } from "@sightline/rules/file/rule-file";

/** What is compared: what is in force, and what would be. */
export const SIDES = ["before", "after"] as const;
export type Side = (typeof SIDES)[number];

/** A group of a rule file. */
export interface FileGroup {
  readonly file: string;
  readonly group: RuleGroup;
  readonly intervalMs: number;
  /** What its times of evaluation come from, see `evaluationSlotMs`. */
  readonly key: string;
}

/** Who is told of alerts. */
export interface Routing {
  readonly dispatch: DispatchConfig;
  /** The escalation policy of a receiver; "" for none. */
  policyOf(receiver: string): string;
  /** The policy of whom a rule names, which has the name of their receiver; undefined for any other. */
  recipientPolicy(name: string): EscalationPolicy | undefined;
}

/** Rules, and who is told of what they find. */
export interface Setup {
  readonly groups: readonly FileGroup[];
  readonly routing: Routing;
}

export type ChangeSet = Readonly<Record<Side, Setup>>;

/** Which rule: those of a group that have the same name count together. */
export interface RuleName {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
}

export function ruleKeyOf({ file, group, rule }: RuleName): string {
  return JSON.stringify([file, group, rule]);
}
