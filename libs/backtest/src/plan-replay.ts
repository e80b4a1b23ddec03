import { type GroupPlan, planGroup } from "@sightline/rules/evaluate/plan";
import { questionsOf } from "@sightline/rules/evaluate/questions";
import type { AlertingRule, Rule } from "@sightline/rules/file/rule-file";
import type { Expression } from "@sightline/rules/kinds/source";
import { type ChangeSet, type FileGroup, SIDES, type Side } from "./change-set.ts";
import { isRangeable } from "./range-queries.ts";

/** A group that is replayed, for one side or for both where it is the same. */
export interface PlannedGroup extends Pick<FileGroup, "file" | "intervalMs" | "key"> {
  readonly sides: readonly Side[];
  readonly plan: GroupPlan;
  /** What it asks, and how long before the time that is evaluated. */
  readonly asks: readonly (Expression & { readonly beforeMs: number })[];
  /** Whether nothing changes while none of what it asks has an answer and none of its alerts is there. */
  readonly restsWhenEmpty: boolean;
}

export interface ReplayPlan {
  readonly groups: readonly PlannedGroup[];
  /** How many times rules are evaluated at most. */
  readonly evaluations: number;
  /** What is left out or done otherwise than it would be, each a sentence. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  readonly startMs: number;
  readonly endMs: number;
  /** Questions that may be asked one by one, since they cannot be asked for many times at once. */
  readonly maxInstants: number;
}

/** Says what is to be replayed of a change set. */
export async function planReplay(changes: ChangeSet, options: PlanOptions): Promise<ReplayPlan> {
  const notes = new Set<string>(recordingNotes(changes));
  let instantsLeft = options.maxInstants;
  const groups: PlannedGroup[] = [];
  for (const { sides, group } of shared(changes)) {
    const steps = Math.ceil((options.endMs - options.startMs) / group.intervalMs);
    const rules: Rule[] = [];
    for (const rule of group.group.rules) {
      if (rule.kind === "recording") continue;
      const reason = whyNot(rule);
      const alone = (await asksOf(rule, group)).filter((expression) => !isRangeable(expression)).length * steps;
      if (reason !== undefined) notes.add(leftOut(group, rule, reason));
      else if (alone > instantsLeft) notes.add(leftOut(group, rule, `its expression would be asked ${alone} times`));
      else {
        instantsLeft -= alone;
        rules.push(rule);
      }
    }
    if (rules.length > 0) groups.push(await planned(group, rules, sides));
  }
  const evaluations = groups.reduce((sum, { plan, intervalMs }) => {
    return sum + plan.rules.length * Math.ceil((options.endMs - options.startMs) / intervalMs);
  }, 0);
  return { groups, evaluations, notes: [...notes] };
}

interface SharedGroup {
  readonly group: FileGroup;
  readonly sides: readonly Side[];
}

/** Each group with the sides that it is on; one that looks at the alerts of others is on one only, as those may differ. */
function shared({ before, after }: ChangeSet): readonly SharedGroup[] {
  const left = new Map(after.groups.map((group) => [identityOf(group), group]));
  const ours = before.groups.map((group): SharedGroup => {
    const isSame = !looksAtAlerts(group) && left.delete(identityOf(group));
    return { group, sides: isSame ? SIDES : ["before"] };
  });
  return [...ours, ...[...left.values()].map((group): SharedGroup => ({ group, sides: ["after"] }))];
}

function identityOf({ file, group, intervalMs }: FileGroup): string {
  return JSON.stringify([file, group, intervalMs]);
}

function looksAtAlerts({ group }: FileGroup): boolean {
  return group.rules.some((rule) => rule.kind === "alerting" && rule.source.kind === "composite");
}

function whyNot({ source }: AlertingRule): string | undefined {
  switch (source.kind) {
    case "events":
      return "rules of events are not replayed";
    case "anomaly":
      return "rules of anomalies are not replayed";
    default:
      return undefined;
  }
}

function leftOut({ file, group }: FileGroup, { name }: Rule, reason: string): string {
  return `${name} of ${file}, group ${group.name}, was left out: ${reason}`;
}

async function planned(group: FileGroup, rules: readonly Rule[], sides: readonly Side[]): Promise<PlannedGroup> {
  const { file, intervalMs, key } = group;
  const asks: PlannedGroup["asks"][number][] = [];
  let restsWhenEmpty = true;
  for (const rule of rules) {
    const asked = await asksOf(rule, group);
    asks.push(...asked);
    restsWhenEmpty &&= asked.length > 0 && saysAllByItsAnswer(rule);
  }
  // Nobody reads annotations here, and filling them in may ask more.
  const bare = rules.map((rule) => (rule.kind === "alerting" ? { ...rule, annotations: {} } : rule));
  return { file, intervalMs, key, sides, plan: planGroup({ ...group.group, rules: bare }), asks, restsWhenEmpty };
}

function saysAllByItsAnswer(rule: Rule): boolean {
  return rule.kind === "alerting" && rule.source.kind === "query" && rule.nodata.policy === "ok";
}

/** Each rule by itself: what others record before it is not recorded here. */
async function asksOf(rule: Rule, { group }: FileGroup): Promise<PlannedGroup["asks"]> {
  const questions = await questionsOf(planGroup({ ...group, rules: [rule] }), 0);
  return questions.map(({ language, text, atMs }) => ({ language, text, beforeMs: -atMs }));
}

/** What the draft would record is not there to be asked. */
function recordingNotes({ before, after }: ChangeSet): readonly string[] {
  const recorded = (groups: readonly FileGroup[]) =>
    groups.flatMap(({ group }) =>
      group.rules.flatMap((rule) =>
        rule.kind === "recording" ? [{ name: rule.name, text: JSON.stringify(rule) }] : [],
      ),
    );
  const kept = new Set(recorded(before.groups).map(({ text }) => text));
  const changed = new Set(recorded(after.groups).flatMap(({ name, text }) => (kept.has(text) ? [] : [name])));
  return [...changed].map(
    (name) => `${name} is recorded otherwise by the draft: rules that ask for it were replayed over what was recorded`,
  );
}
