import { type EventWindow, withEnd } from "./event-window.ts";
import { type Instance, isActive } from "./instance.ts";
import { labelOfField } from "./observe-events.ts";
import { type AlertingPlan, type GroupPlan, ruleNameOf } from "./plan.ts";
import type { GroupState, RuleState } from "./state.ts";
import { seriesOfAlerts } from "./written-samples.ts";

/** When somebody has ended an alert of a rule, milliseconds since the Unix epoch; undefined where nobody has. */
export type EndedAt = (ruleId: string, instance: Instance) => number | undefined;

/**
 * The state after people have ended alerts: nothing is known of their conditions any more. What the next evaluation still finds begins anew, with its
 * `for`; of a rule of events nothing counts that came before. Alerts that began after their end are others, and stay.
 */
export function endByHand(plan: GroupPlan, state: GroupState, endedAt: EndedAt): GroupState {
  const alerting = new Map(plan.rules.flatMap((rule) => (rule.kind === "alerting" ? [[rule.id, rule]] : [])));
  return { ...state, rules: state.rules.map((rule) => endIn(rule, alerting.get(rule.id), endedAt)) };
}

interface Ended {
  readonly instance: Instance;
  readonly atMs: number;
}

function endIn(rule: RuleState, plan: AlertingPlan | undefined, endedAt: EndedAt): RuleState {
  const ended = new Map<Instance, Ended>();
  for (const instance of rule.instances.filter(isActive)) {
    const atMs = endedAt(rule.id, instance);
    if (atMs !== undefined && instance.activeAtMs <= atMs) ended.set(instance, { instance, atMs });
  }
  if (ended.size === 0) return rule;
  const instances = rule.instances.flatMap((instance) => {
    const end = ended.get(instance);
    return end === undefined ? [instance] : over(end);
  });
  // They go on if they are written again.
  const series = [
    ...(rule.series ?? []),
    ...seriesOfAlerts({ name: ruleNameOf(rule.id), labels: {} }, [...ended.keys()]),
  ];
  const { windows } = rule;
  if (plan === undefined || windows === undefined) return { ...rule, instances, series };
  const ends = [...ended.values()];
  return { ...rule, instances, series, windows: windows.map((window) => withoutCounted(window, plan, ends)) };
}

/** As whoever is told sees it: one that was only pending is gone. */
function over({ instance, atMs }: Ended): readonly Instance[] {
  if (instance.state !== "firing") return [];
  const { keepFiringSinceMs: _, heldSinceMs: __, isProvisional: ___, ...kept } = instance;
  return [{ ...kept, state: "inactive", resolvedAtMs: atMs }];
}

/** Nothing counts any more up to the end of the alert that a group of events has made. */
function withoutCounted(window: EventWindow, { events, labels }: AlertingPlan, ended: readonly Ended[]): EventWindow {
  const names = (events?.source.groupBy ?? []).map(labelOfField).filter((name) => !Object.hasOwn(labels, name));
  const end = ended.find(({ instance }) => names.every((name) => window.labels[name] === instance.labels[name]));
  return end === undefined || events === undefined ? window : withEnd(window, end.atMs, events.limits);
}
