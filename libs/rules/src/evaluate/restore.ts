import type { Decision } from "./decision.ts";
import { decisionOf } from "./evaluate-alerting.ts";
import { type Instance, isActive } from "./instance.ts";
import type { AlertingPlan, GroupPlan } from "./plan.ts";
import type { GroupState, RuleState } from "./state.ts";

export interface RestoreOptions {
  readonly nowMs: number;
  /** A shorter time without an evaluation is none, such as when another process takes over. */
  readonly unnoticedMs: number;
  /** After a longer one alerts begin anew. Default: 1 hour, as Prometheus has it. */
  readonly outageToleranceMs?: number;
  /** How long an alert waits at least after an outage. Default: 10 minutes, as Prometheus has it. */
  readonly forGraceMs?: number;
}

const defaults = { outageToleranceMs: 3_600_000, forGraceMs: 600_000 };

export interface Restored {
  readonly state: GroupState;
  readonly records: readonly Decision[];
}

/**
 * The state of a group after a time in which nobody has evaluated it, to be called once before the first evaluation. What it does to the `for` of
 * alerts is what Prometheus does after a restart (rules/group.go, RestoreForState); alerts that fire go on doing so.
 */
export function restoreGroup(plan: GroupPlan, state: GroupState, options: RestoreOptions): Restored {
  const records: Decision[] = [];
  const rules = state.rules.map((rule): RuleState => {
    const own = plan.rules.find(({ id }) => id === rule.id);
    const downAtMs = rule.lastEvaluatedAtMs;
    if (own?.kind !== "alerting" || downAtMs === undefined || options.nowMs - downAtMs <= options.unnoticedMs)
      return rule;
    const restored = restoreRule(own, rule.instances, { ...defaults, ...options, downAtMs });
    records.push(...restored.forgotten.map((instance) => forgetting(plan, own, { instance, nowMs: options.nowMs })));
    return { ...rule, instances: restored.instances };
  });
  return { state: { ...state, rules }, records };
}

interface Gap extends Required<RestoreOptions> {
  /** The last evaluation. */
  readonly downAtMs: number;
}

function restoreRule({ rule }: AlertingPlan, instances: readonly Instance[], gap: Gap) {
  if (gap.nowMs - gap.downAtMs > gap.outageToleranceMs) {
    return { instances: instances.filter((instance) => !isActive(instance)), forgotten: instances.filter(isActive) };
  }
  const restored = instances.map((instance) => {
    if (!isActive(instance) || instance.kind !== "condition") return instance;
    const activeAtMs = restoredActiveAtMs(instance.activeAtMs, { ...gap, forMs: rule.forMs });
    return activeAtMs === instance.activeAtMs ? instance : { ...instance, activeAtMs };
  });
  return { instances: restored, forgotten: [] };
}

/** Since when an alert counts as active after an outage. */
export function restoredActiveAtMs(
  activeAtMs: number,
  { nowMs, downAtMs, forMs, forGraceMs }: Pick<Gap, "nowMs" | "downAtMs" | "forGraceMs"> & { readonly forMs: number },
): number {
  const leftMs = forMs - (downAtMs - activeAtMs);
  // It fired before the outage.
  if (leftMs <= 0) return activeAtMs;
  // A short wait begins anew rather than becoming longer.
  if (forMs < forGraceMs) return nowMs;
  // Almost over: it gets the time that everybody needs to come back.
  if (leftMs < forGraceMs) return nowMs + forGraceMs - forMs;
  // The outage does not count.
  return activeAtMs + nowMs - downAtMs;
}

function forgetting(
  { name }: GroupPlan,
  plan: AlertingPlan,
  { instance, nowMs }: { readonly instance: Instance; readonly nowMs: number },
): Decision {
  const context = { group: name, atMs: nowMs, nowMs, isProvisional: false };
  return decisionOf(plan, instance, { from: instance.state, to: "inactive", reason: "outage_too_long", context });
}
