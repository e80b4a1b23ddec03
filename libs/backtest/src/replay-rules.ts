import { createDueQueue, type Queued } from "@sightline/alertmanager/dispatch/due-queue";
import { AppError } from "@sightline/errors/app-error";
import type { ExpandTemplate } from "@sightline/rules/evaluate/alert-texts";
import type { Decision } from "@sightline/rules/evaluate/decision";
import { evaluateGroup } from "@sightline/rules/evaluate/evaluate-group";
import { type Instance, isActive } from "@sightline/rules/evaluate/instance";
import { evaluationSlotMs } from "@sightline/rules/evaluate/slot";
import { emptyGroupState, type GroupState } from "@sightline/rules/evaluate/state";
import type { Labels } from "@sightline/rules/labels";
import { createExpandTemplate } from "@sightline/rules/template/alert-template";
import type { RuleName, Side } from "./change-set.ts";
import type { PlannedGroup } from "./plan-replay.ts";
import { createRangeQueries, type RangeQueries, type RangeSource } from "./range-queries.ts";

/** An alert that begins to fire, or ends. */
export interface Transition {
  readonly rule: RuleName;
  readonly labels: Labels;
  /** Labels that the rule sets, and not what it looks at. */
  readonly ruleLabels: ReadonlySet<string>;
  /** Whom the rule names. */
  readonly recipients: readonly string[];
  readonly to: "firing" | "over";
  readonly atMs: number;
}

export interface ReplayRulesOptions {
  readonly source: RangeSource;
  readonly startMs: number;
  readonly endMs: number;
  readonly chunkSteps: number;
  /** Questions that templates of labels may ask. */
  readonly maxTemplateQueries: number;
  readonly signal: AbortSignal;
  readonly onAsked: (kind: "range" | "instant") => void;
  readonly note: (sentence: string) => void;
}

/** Rules over stored data, from slot to slot. */
export interface RuleReplay {
  /** When something is evaluated next; undefined when all is done. */
  nextMs(): number | undefined;
  /**
   * Evaluates the group that is next, and says what came of it on its sides. Rejects with unavailable when the source is away, and when it is
   * cancelled.
   */
  step(): Promise<{ readonly sides: readonly Side[]; readonly transitions: readonly Transition[] }>;
  /** How many times rules were evaluated. */
  evaluations(): number;
}

interface Replayed extends Queued {
  readonly planned: PlannedGroup;
  readonly queries: RangeQueries;
  readonly ruleLabels: ReadonlyMap<string, ReadonlySet<string>>;
  state: GroupState;
}

/** One that stands at the start: nothing fires yet. */
export function createRuleReplay(groups: readonly PlannedGroup[], options: ReplayRulesOptions): RuleReplay {
  const { startMs, endMs, signal, note } = options;
  const queue = createDueQueue<Replayed>();
  const expand = createExpand(options);
  const ofSide = (side: Side) => all.filter(({ planned }) => planned.sides.includes(side));
  const queriesOf = sharedQueries(options);
  const all = groups.map((planned, rank) => createReplayed(planned, rank, queriesOf(planned)));
  const bySide = { before: ofSide("before"), after: ofSide("after") };
  let evaluations = 0;
  for (const group of all) plan(group, slotFrom(group.planned, startMs));

  function plan(group: Replayed, atMs: number): void {
    if (atMs <= endMs) queue.set(group, atMs);
    else queue.remove(group);
  }

  /** The next slot at which there is anything to be evaluated. */
  async function nextSlot(group: Replayed, fromMs: number): Promise<number> {
    const { planned, queries, state } = group;
    if (fromMs > endMs || !planned.restsWhenEmpty || !isEmpty(state)) return fromMs;
    let nextMs = endMs + 1;
    for (const { language, text, beforeMs } of planned.asks) {
      const askedMs = await queries.nextAnswerMs({ language, text, atMs: fromMs - beforeMs }, signal);
      nextMs = Math.min(nextMs, askedMs + beforeMs);
      if (nextMs === fromMs) break;
    }
    return nextMs;
  }

  async function evaluate(group: Replayed, atMs: number): Promise<readonly Transition[]> {
    const { planned, queries } = group;
    const peers = bySide[planned.sides[0] ?? "before"];
    const sources = { queries, signal, firing: (name: string) => firingOf(peers, name) };
    const { state, records } = await evaluateGroup(planned.plan, group.state, {
      atMs,
      clock: () => atMs,
      sources,
      expand,
    });
    if (state.outage !== undefined) throw new AppError("unavailable", `cannot replay rules: ${state.outage.message}`);
    group.state = state;
    evaluations += planned.plan.rules.length;
    return records.flatMap((record) => {
      if (record.type === "alert") return transitionOf(group, record);
      if (record.type === "rule_failed") {
        note(`${record.rule} of ${planned.file}, group ${record.group}, could not be evaluated: ${record.message}`);
      }
      return [];
    });
  }

  return {
    nextMs: () => queue.first()?.dueMs,
    async step() {
      const group = queue.first();
      if (group === undefined) return { sides: [], transitions: [] };
      const atMs = group.dueMs;
      const { sides, intervalMs } = group.planned;
      const quietUntilMs = await nextSlot(group, atMs);
      if (quietUntilMs > atMs) {
        plan(group, quietUntilMs);
        return { sides, transitions: [] };
      }
      const transitions = await evaluate(group, atMs);
      plan(group, atMs + intervalMs);
      return { sides, transitions };
    },
    evaluations: () => evaluations,
  };
}

/** Groups that are evaluated at the same times ask together: most rules of a draft are those that are in force. */
function sharedQueries(options: ReplayRulesOptions): (group: PlannedGroup) => RangeQueries {
  const { startMs } = options;
  const known = new Map<string, RangeQueries>();
  return (group) => {
    const times = `${group.intervalMs} ${slotFrom(group, startMs)}`;
    const queries = known.get(times) ?? createRangeQueries({ ...options, stepMs: group.intervalMs });
    known.set(times, queries);
    return queries;
  };
}

function createReplayed(planned: PlannedGroup, rank: number, queries: RangeQueries): Replayed {
  const ruleLabels = new Map(planned.plan.rules.map(({ id, labels }) => [id, new Set(Object.keys(labels))]));
  return { planned, queries, ruleLabels, state: emptyGroupState, rank, dueMs: 0, slot: -1 };
}

function createExpand({ source, maxTemplateQueries, signal, onAsked, note }: ReplayRulesOptions): ExpandTemplate {
  let left = maxTemplateQueries;
  return createExpandTemplate({
    externalLabels: {},
    externalUrl: "",
    async query(text, atMs) {
      if (left === 0) {
        note("templates of labels asked more than may be asked: some labels are not filled in");
        throw new AppError("resource_exhausted", `got more than ${maxTemplateQueries} questions, want fewer`);
      }
      left -= 1;
      onAsked("instant");
      return source.instant({ language: "promql", text, atMs }, signal);
    },
  });
}

/** The first slot that is not before a time. */
function slotFrom({ key, intervalMs }: PlannedGroup, fromMs: number): number {
  const slotMs = evaluationSlotMs(key, intervalMs, fromMs);
  return slotMs < fromMs ? slotMs + intervalMs : slotMs;
}

function isEmpty({ rules }: GroupState): boolean {
  return rules.every(({ instances }) => !instances.some(isActive));
}

function firingOf(groups: readonly Replayed[], alertName: string): readonly Labels[] {
  const firing = ({ state }: Instance) => state === "firing";
  return groups.flatMap(({ planned, state }) =>
    planned.plan.rules.flatMap(({ rule }, at) =>
      rule.name === alertName ? (state.rules[at]?.instances.filter(firing).map(({ labels }) => labels) ?? []) : [],
    ),
  );
}

const noNames: ReadonlySet<string> = new Set();

function transitionOf({ planned, ruleLabels }: Replayed, decision: Decision): readonly Transition[] {
  const { from, to, labels, rule, ruleId, group, atMs } = decision;
  const isBegin = to === "firing";
  if (!isBegin && from !== "firing") return [];
  const name = { file: planned.file, group, rule };
  const ruleLabelsOf = ruleLabels.get(ruleId) ?? noNames;
  const recipients = planned.plan.rules.flatMap((one) =>
    one.kind === "alerting" && one.id === ruleId ? one.rule.recipients : [],
  );
  return [{ rule: name, labels, ruleLabels: ruleLabelsOf, recipients, to: isBegin ? "firing" : "over", atMs }];
}
