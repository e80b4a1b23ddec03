import { AppError, invalid } from "@sightline/errors/app-error";
import { activesOf, type ExpandTemplate, gapActive } from "./alert-texts.ts";
import type { Decision, DecisionReason, DecisionRecord } from "./decision.ts";
import { type Gap, gapOf } from "./gap.ts";
import type { Active, Instance, InstanceKind } from "./instance.ts";
import { observe, type Sources } from "./observe.ts";
import type { AlertingPlan } from "./plan.ts";
import type { RuleState } from "./state.ts";
import { type Change, type Step, type StepOptions, step } from "./step.ts";

/** The moment and the surroundings of an evaluation. */
export interface EvaluationContext {
  readonly group: string;
  /** The time that is evaluated; milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The time it is; later than `atMs` where something is evaluated again. */
  readonly nowMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly sources: Sources;
  readonly expand: ExpandTemplate;
  /** More data may come of that time. */
  readonly isProvisional: boolean;
}

export type RuleOutcome =
  /** Evaluated. */
  | {
      readonly type: "ok";
      readonly instances: readonly Instance[];
      readonly records: readonly DecisionRecord[];
      readonly found: readonly Active[];
    }
  /** The expression has no answer. */
  | {
      readonly type: "failed";
      readonly error: AppError;
      readonly instances: readonly Instance[];
      readonly records: readonly DecisionRecord[];
      /** Alerts that were forgotten, whose series have not ended. */
      readonly forgotten: readonly Instance[];
    }
  /** Nobody could be asked: nothing changes. */
  | { readonly type: "outage"; readonly error: AppError };

/** Evaluates an alerting rule once. Rejects only when it is cancelled. */
export async function evaluateAlerting(
  plan: AlertingPlan,
  state: RuleState,
  context: EvaluationContext,
): Promise<RuleOutcome> {
  const { atMs, queryOffsetMs, sources, expand } = context;
  const before = split(state.instances);
  const askedMs = atMs - queryOffsetMs;
  let found: readonly Active[];
  let gap: Gap;
  try {
    const observation = await observe(plan, { atMs: askedMs, windows: state.windows ?? [] }, sources);
    found = await activesOf(plan, observation.vector, { atMs, expand });
    gap = await gapOf(plan, { observation, found, before: before.condition, atMs: askedMs }, sources);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (sources.signal.aborted) throw error;
    return error.code === "unavailable" ? { type: "outage", error } : whenFailed(plan, before, { error, context });
  }
  const conditions = step(before.condition, found, { ...conditionOptions(plan, context), isHeld: gap.isHeld });
  if (context.limit > 0 && conditions.activeCount > context.limit) {
    return whenTooMany(before, conditions.activeCount, context, plan);
  }
  const steps = [
    conditions,
    step(before.nodata, gap.actives, gapOptions(plan, "nodata", context)),
    step(before.eval_error, [], gapOptions(plan, "eval_error", context)),
  ];
  return { type: "ok", found, instances: instancesOf(steps, context), records: recordsOf(plan, steps, context) };
}

type ByKind = Readonly<Record<InstanceKind, readonly Instance[]>>;

const noInstances: ByKind = { condition: [], nodata: [], eval_error: [] };

function split(instances: readonly Instance[]): ByKind {
  if (instances.length === 0) return noInstances;
  const ofKind = (kind: InstanceKind) => instances.filter((instance) => instance.kind === kind);
  return { condition: ofKind("condition"), nodata: ofKind("nodata"), eval_error: ofKind("eval_error") };
}

export function conditionOptions({ rule }: AlertingPlan, { atMs }: Pick<EvaluationContext, "atMs">): StepOptions {
  return { kind: "condition", atMs, forMs: rule.forMs, keepFiringForMs: rule.keepFiringForMs };
}

function gapOptions({ rule }: AlertingPlan, kind: "nodata" | "eval_error", { atMs }: EvaluationContext): StepOptions {
  const { forMs } = kind === "nodata" ? rule.nodata : rule.evalError;
  return { kind, atMs, forMs, keepFiringForMs: 0 };
}

interface Failure {
  readonly error: AppError;
  readonly context: EvaluationContext;
}

function whenFailed(plan: AlertingPlan, before: ByKind, { error, context }: Failure): RuleOutcome {
  const { policy } = plan.rule.evalError;
  const failed = { type: "failed", error, forgotten: [] } as const;
  if (policy === "keep") return { ...failed, instances: Object.values(before).flat(), records: [] };
  const isOk = policy === "ok";
  const told = isOk
    ? []
    : [gapActive(plan, "eval_error", { labels: {}, message: `cannot be evaluated: ${error.message}` })];
  const steps = [
    isOk ? step(before.condition, [], conditionOptions(plan, context)) : unchanged(before.condition),
    unchanged(before.nodata),
    step(before.eval_error, told, gapOptions(plan, "eval_error", context)),
  ];
  return { ...failed, instances: instancesOf(steps, context), records: recordsOf(plan, steps, context) };
}

function unchanged(instances: readonly Instance[]): Step {
  return { instances, changes: [], activeCount: 0 };
}

/** As Prometheus does: all alerts of the rule are forgotten, and it counts as failed. */
function whenTooMany(before: ByKind, count: number, context: EvaluationContext, plan: AlertingPlan): RuleOutcome {
  const error = invalid(`exceeded limit of ${context.limit} with ${count} alerts`);
  const forgotten = Object.values(before).flat();
  const records = forgotten
    .filter(({ state }) => state !== "inactive")
    .map((instance) =>
      decisionOf(plan, instance, { from: instance.state, to: "inactive", reason: "limit_exceeded", context }),
    );
  return { type: "failed", error, instances: [], records, forgotten };
}

function instancesOf(steps: readonly Step[], { isProvisional }: EvaluationContext): readonly Instance[] {
  const all = steps.flatMap(({ instances }) => instances);
  if (!isProvisional) return all;
  const begun = new Set(steps.flatMap(({ changes }) => changes).map(({ after }) => after));
  return all.map((instance) => (begun.has(instance) ? { ...instance, isProvisional: true } : instance));
}

function recordsOf(plan: AlertingPlan, steps: readonly Step[], context: EvaluationContext): readonly Decision[] {
  const changes = steps.flatMap((one) => one.changes);
  return changes.map(({ before, after, to, reason }: Change) =>
    decisionOf(plan, after, { from: before?.state ?? "inactive", to, reason, context }),
  );
}

interface Verdict {
  readonly from: Instance["state"];
  readonly to: Instance["state"];
  readonly reason: DecisionReason;
  readonly context: Pick<EvaluationContext, "group" | "atMs" | "nowMs" | "isProvisional">;
}

export function decisionOf(
  { id, rule }: { readonly id: string; readonly rule: { readonly name: string } },
  instance: Instance,
  { from, to, reason, context }: Verdict,
): Decision {
  const { kind, labels, value } = instance;
  return {
    type: "alert",
    group: context.group,
    rule: rule.name,
    ruleId: id,
    kind,
    labels,
    value,
    from,
    to,
    reason,
    atMs: context.atMs,
    detectedAtMs: context.nowMs,
    isProvisional: context.isProvisional,
  };
}
