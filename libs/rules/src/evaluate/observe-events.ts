import type { Condition } from "@sightline/query/condition/condition";
import type { EventView } from "@sightline/query/condition/fields";
import { type Labels, labelsKey } from "../labels.ts";
import { activesOf, type ExpandTemplate } from "./alert-texts.ts";
import { alignState } from "./align-state.ts";
import type { DecisionRecord } from "./decision.ts";
import { decisionOf, type EvaluationContext, evaluateAlerting } from "./evaluate-alerting.ts";
import { completedAt, type EventWindow, holdingAt, maxWindows, withEnd, withEvent } from "./event-window.ts";
import type { Instance } from "./instance.ts";
import type { Sources } from "./observe.ts";
import type { AlertingPlan, EventsPlan, GroupPlan } from "./plan.ts";
import type { GroupState, RuleState } from "./state.ts";

/** An event with the time when it happened; milliseconds since the Unix epoch. */
export interface TimedEvent {
  readonly atMs: number;
  readonly view: EventView;
}

export interface ObserveEventsOptions {
  readonly nowMs: number;
  readonly sources: Sources;
  readonly expand: ExpandTemplate;
}

/**
 * Tells the rules of events what has come, and decides at once: nobody waits for the next evaluation. An event counts at the time when it
 * happened; one that comes late and completes a window that is over makes an alert that has fired then and is over.
 */
export async function observeEvents(
  plan: GroupPlan,
  before: GroupState,
  events: readonly TimedEvent[],
  options: ObserveEventsOptions,
): Promise<{ readonly state: GroupState; readonly records: readonly DecisionRecord[] }> {
  const aligned = alignState(plan, before, options.nowMs);
  const records: DecisionRecord[] = [...aligned.records];
  const rules: RuleState[] = [];
  for (const [at, rule] of plan.rules.entries()) {
    const known = aligned.state.rules[at];
    if (known === undefined) continue;
    const seen =
      rule.kind === "alerting" && rule.events !== undefined ? see(rule.events, known.windows ?? [], events) : undefined;
    if (rule.kind !== "alerting" || seen === undefined || seen.touched.length === 0) {
      rules.push(known);
      continue;
    }
    const state = { ...known, windows: seen.windows };
    const decided = await decide(rule, state, { touched: seen.touched, plan, options });
    rules.push({ ...state, instances: decided.instances });
    records.push(...decided.records);
  }
  return { state: { ...aligned.state, rules }, records };
}

interface Touched {
  readonly window: EventWindow;
  readonly eventMs: number;
}

function see(plan: EventsPlan, before: readonly EventWindow[], events: readonly TimedEvent[]) {
  const { source, condition, resolveWhen } = plan;
  const windows = new Map(before.map((window) => [window.key, window]));
  const touched: Touched[] = [];
  for (const { atMs, view } of events) {
    const isMatch = condition.matches(view);
    const isEnd = holds(resolveWhen, view);
    if (!isMatch && !isEnd) continue;
    const labels = groupOf(view, source.groupBy);
    const key = labelsKey(labels);
    const known = windows.get(key);
    if (known === undefined && (isEnd || windows.size >= maxWindows)) continue;
    const window = known ?? { key, labels, timesMs: [] };
    const next = isEnd
      ? withEnd(window, atMs, source)
      : withEvent(window, { atMs, id: typeof view.event_id === "string" ? view.event_id : "" }, source);
    if (next === known) continue;
    windows.set(key, next);
    touched.push({ window: next, eventMs: atMs });
  }
  return { windows: [...windows.values()], touched };
}

function holds(condition: Condition | undefined, view: EventView): boolean {
  return condition?.matches(view) === true;
}

/** What a group of events is about: the values of fields such as `target` and `details.host`, or by a bare name of what is in metadata and labels. */
function groupOf(view: EventView, groupBy: readonly string[]): Labels {
  return Object.fromEntries(
    groupBy.flatMap((path) => {
      const value = valueAt(view, path.split(".")) ?? valueAt(view.metadata, [path]) ?? valueAt(view.labels, [path]);
      return value === undefined ? [] : [[labelOfField(path), value]];
    }),
  );
}

/** The label that tells what a group of events is about: `details_host` of `details.host`. */
export function labelOfField(path: string): string {
  return path.replaceAll(/\W/g, "_");
}

function valueAt(view: unknown, path: readonly string[]): string | undefined {
  let value = view;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  const isTold = (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean";
  return isTold ? String(value) : undefined;
}

interface Deciding {
  readonly touched: readonly Touched[];
  readonly plan: GroupPlan;
  readonly options: ObserveEventsOptions;
}

async function decide(rule: AlertingPlan, state: RuleState, { touched, plan, options }: Deciding) {
  const { nowMs, sources, expand } = options;
  const context: EvaluationContext = {
    group: plan.name,
    atMs: nowMs,
    nowMs,
    queryOffsetMs: 0,
    limit: plan.limit,
    sources,
    expand,
    isProvisional: false,
  };
  const outcome = await evaluateAlerting(rule, state, context);
  if (outcome.type === "outage") return { instances: state.instances, records: [] };
  const records: DecisionRecord[] = [...outcome.records];
  let instances = outcome.instances;
  for (const one of touched) instances = await fireLate(rule, instances, { ...one, context, records });
  return { instances, records };
}

interface LateEvent extends Touched {
  readonly context: EvaluationContext;
  readonly records: DecisionRecord[];
}

async function fireLate(
  rule: AlertingPlan,
  instances: readonly Instance[],
  late: LateEvent,
): Promise<readonly Instance[]> {
  const { window, eventMs, context, records } = late;
  const { nowMs, expand } = context;
  const source = rule.events?.source;
  // What holds until an event says that it is over fires now, or not at all.
  if (source === undefined || source.resolveWhen !== undefined || holdingAt(window, nowMs, source) > 0)
    return instances;
  const atMs = completedAt(window, eventMs, source);
  if (atMs === undefined || rule.rule.forMs > 0) return instances;
  const [active] = await activesOf(rule, [{ labels: window.labels, value: source.thresholdCount }], { atMs, expand });
  const present = instances.find(({ key }) => key === active?.key);
  const isKnown = present !== undefined && (present.state !== "inactive" || (present.resolvedAtMs ?? 0) >= atMs);
  if (active === undefined || isKnown) return instances;
  const overAtMs = atMs + source.windowMs;
  const instance: Instance = {
    ...active,
    kind: "condition",
    state: "inactive",
    activeAtMs: atMs,
    firedAtMs: atMs,
    detectedAtMs: nowMs,
    resolvedAtMs: overAtMs,
  };
  const told = { ...context, atMs };
  records.push(decisionOf(rule, instance, { from: "inactive", to: "firing", reason: "fired_late", context: told }));
  records.push(
    decisionOf(rule, instance, {
      from: "firing",
      to: "inactive",
      reason: "condition_ended",
      context: { ...told, atMs: overAtMs },
    }),
  );
  return [...instances.filter((one) => one !== present), instance];
}
