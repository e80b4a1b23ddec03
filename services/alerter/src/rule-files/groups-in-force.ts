import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import { planGroup } from "@sightline/rules/evaluate/plan";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { RuleGroup } from "@sightline/rules/file/rule-file";
import type { CatalogFile, RuleCatalog } from "../rule-groups/rule-catalog.ts";

/** A group of a file that is in force. */
export interface GroupInForce {
  readonly file: string;
  readonly group: RuleGroup;
  /** What its rules are known by; made when it is asked for first. */
  plan(): GroupPlan;
  /** Why it is not evaluated: it stands for all groups of a file that this version cannot read. */
  readonly problem?: string;
}

/** The groups of tenants' files as they are in force at the moment they are asked for. */
export interface GroupsInForce {
  /** In the order of files and groups (rules/manager.go, RuleGroups). Rejects when Postgres is away. */
  groupsOf(tenant: string): Promise<readonly GroupInForce[]>;
}

export interface GroupsInForceOptions {
  readonly catalog: Pick<RuleCatalog, "filesOf">;
  /** Has the catalog know what there is now. */
  readonly refresh: () => Promise<void>;
}

/** Tells them from the catalog by which they are evaluated: nothing is read a second time to be told. */
export function createGroupsInForce({ catalog, refresh }: GroupsInForceOptions): GroupsInForce {
  return {
    async groupsOf(tenant) {
      await refresh();
      return catalog
        .filesOf(tenant)
        .toSorted((a, b) => compareText(a.name, b.name))
        .flatMap(groupsIn);
    },
  };
}

function groupsIn({ name, groups, unreadable }: CatalogFile): readonly GroupInForce[] {
  if (unreadable !== undefined) return unreadableGroups(name, unreadable.problem);
  const found = groups.map(({ group, plan }) => ({ file: name, group, plan }));
  return found.sort((a, b) => compareText(a.group.name, b.group.name));
}

/** One rule that fails, where everybody looks for rules that do. */
const standIns = parseRuleFile(
  "groups: [{ name: unreadable, rules: [{ alert: SightlineRulesNotEvaluated, expr: vector(1) }] }]",
).file.groups.map((group) => ({ group, plan: planGroup(group) }));

function unreadableGroups(file: string, problem: string): readonly GroupInForce[] {
  return standIns.map(({ group, plan }) => ({ file, group: { ...group, name: file }, plan: () => plan, problem }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
