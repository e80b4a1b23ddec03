import type { Condition } from "@sightline/query/condition/condition";
import type { EventView } from "@sightline/query/condition/fields";
import { formatDuration } from "@sightline/query/promql/durations";
import { type Labels, labelsKey } from "../labels.ts";
import { activesOf, type ExpandTemplate } from "./alert-texts.ts";
import { alignState } from "./align-state.ts";
import type { DecisionRecord } from "./decision.ts";
import { decisionOf, type EvaluationContext, evaluateAlerting } from "./evaluate-alerting.ts";
import { completedAt, type EventWindow, holdingAt, maxWindows, withEnd, withEvent } from "./event-window.ts";
import type { Instance } from "./instance.ts";
import type { Sources } from "./observe.ts";
import type { AlertingPlan, EventsPlan, GroupPlan } from "./plan.ts";
import type { Ends } from "./recent-ends.ts";
import type { GroupState, RuleState } from "./state.ts";

/** An event with its times; milliseconds since the Unix epoch. */
export interface TimedEvent {
  /** When it happened. */
  readonly atMs: number;
  /** When we received it: how late it is is its own, however long it waited for its rules. */
  readonly seenAtMs: number;
  readonly view: EventView;
}

export interface ObserveEventsOptions {
  readonly nowMs: number;
  readonly sources: Sources;
  readonly expand: ExpandTemplate;
  /** Events that had happened longer ago when they were received count for nothing; a rule may say a shorter time. Default: none do. */
  readonly maxLateMs?: number;
  /** What is known of ends that came before, of this group of rules; those that come are noted. Without, one ends only what has begun. */
  readonly ends?: Ends;
}

export interface ObservedEvents {
  readonly state: GroupState;
  readonly records: readonly DecisionRecord[];
  /** Events that came too late to count, once for each rule. */
  readonly tooLate: number;
  /** Events of groups that a rule could not follow besides those that it follows, once for each rule. */
  readonly tooMany: number;
  /** Events that came behind an end that happened later than they, once for each rule. */
  readonly overtaken: number;
}

/** How often at most it is said that events counted for nothing, of each reason. */
const sayMissedMs = 60_000;

/**
 * Tells the rules of events what has come, and decides at once: nobody waits for the next evaluation. An event counts at the time when it
 * happened; one that comes late and completes a window that is over makes an alert that has fired then and is over. One that comes too late is
 * counted, and said.
 */
export async function observeEvents(
  plan: GroupPlan,
  before: GroupState,
  events: readonly TimedEvent[],
  options: ObserveEventsOptions,
): Promise<ObservedEvents> {
  const aligned = alignState(plan, before, options.nowMs);
  const records: DecisionRecord[] = [...aligned.records];
  const rules: RuleState[] = [];
  let tooLate = 0;
  let tooMany = 0;
  let overtaken = 0;
  for (const [at, rule] of plan.rules.entries()) {
    const known = aligned.state.rules[at];
    if (known === undefined) continue;
    const seen =
      rule.kind === "alerting" && rule.events !== undefined
        ? see(rule.events, known.windows ?? [], { rule: rule.id, events, ...options })
        : undefined;
    if (rule.kind !== "alerting" || seen === undefined) {
      rules.push(known);
      continue;
    }
    tooLate += seen.tooLate.length;
    tooMany += seen.tooMany.length;
    overtaken += seen.overtaken;
    const said = sayMissed(rule, known, { seen, plan, nowMs: options.nowMs });
    records.push(...said.records);
    if (seen.touched.length === 0) {
      rules.push(said.state);
      continue;
    }
    const state = { ...said.state, windows: seen.windows };
    const decided = await decide(rule, state, { touched: seen.touched, plan, options });
    rules.push({ ...state, instances: decided.instances });
    records.push(...decided.records);
  }
  return { state: { ...aligned.state, rules }, records, tooLate, tooMany, overtaken };
}

interface Missed {
  readonly seen: Seen;
  readonly plan: GroupPlan;
  readonly nowMs: number;
}

/** What is missed for events that count for nothing has a reason that people can find, at the time when they happened. */
function sayMissed(
  { rule, events }: AlertingPlan,
  known: RuleState,
  { seen: { tooLate, tooMany }, plan, nowMs }: Missed,
): { readonly state: RuleState; readonly records: readonly DecisionRecord[] } {
  const isDue = (saidAtMs = Number.NEGATIVE_INFINITY) => nowMs - saidAtMs >= sayMissedMs;
  const records: DecisionRecord[] = [];
  const say = (type: "events_too_late" | "too_many_groups", message: string, atMs: number) =>
    records.push({ type, group: plan.name, rule: rule.name, message, atMs });
  let state = known;
  const late = firstOf(tooLate);
  if (late !== undefined && isDue(known.tooLateSaidAtMs)) {
    const allowedMs = events?.limits.lateMs ?? 0;
    const allowed = allowedMs > 0 ? `, with late: ${formatDuration(allowedMs)}` : "";
    say("events_too_late", `${countOf(tooLate, late)}, came at ${isoOf(late.seenAtMs)}${allowed}`, late.atMs);
    state = { ...state, tooLateSaidAtMs: nowMs };
  }
  const beyond = firstOf(tooMany);
  if (beyond !== undefined && isDue(known.tooManySaidAtMs)) {
    say("too_many_groups", `${countOf(tooMany, beyond)}, beyond the ${maxWindows} groups that it follows`, beyond.atMs);
    state = { ...state, tooManySaidAtMs: nowMs };
  }
  return { state, records };
}

/** The one of them that happened first. */
function firstOf(events: readonly TimedEvent[]): TimedEvent | undefined {
  return events.reduce<TimedEvent | undefined>(
    (first, event) => (first === undefined || event.atMs < first.atMs ? event : first),
    undefined,
  );
}

function countOf({ length }: readonly TimedEvent[], { atMs }: TimedEvent): string {
  return `${length} ${length === 1 ? "event" : "events"}, the first of ${isoOf(atMs)}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

interface Touched {
  readonly window: EventWindow;
  readonly eventMs: number;
}

interface Seen {
  readonly windows: readonly EventWindow[];
  readonly touched: readonly Touched[];
  /** Those that came too late to count. */
  readonly tooLate: readonly TimedEvent[];
  /** Those of groups for which there was no room. */
  readonly tooMany: readonly TimedEvent[];
  /** How many were over when they came. */
  readonly overtaken: number;
}

interface Coming extends Pick<ObserveEventsOptions, "maxLateMs" | "ends"> {
  readonly rule: string;
  readonly events: readonly TimedEvent[];
}

function see(plan: EventsPlan, before: readonly EventWindow[], coming: Coming): Seen {
  const { source, limits, condition, resolveWhen } = plan;
  const { rule, events, ends, maxLateMs = Number.POSITIVE_INFINITY } = coming;
  const lateMs = Math.min(maxLateMs, limits.lateMs || Number.POSITIVE_INFINITY);
  const tooLate: TimedEvent[] = [];
  const tooMany: TimedEvent[] = [];
  let overtaken = 0;
  const windows = new Map(before.map((window) => [window.key, window]));
  const touched: Touched[] = [];
  // Whoever sends them together may have put an end before its beginning.
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    const { atMs, seenAtMs, view } = event;
    const isMatch = condition.matches(view);
    const isEnd = holds(resolveWhen, view);
    if (!isMatch && !isEnd) continue;
    // However late it is, what is over is over.
    if (!isEnd && seenAtMs - atMs > lateMs) {
      tooLate.push(event);
      continue;
    }
    const labels = groupOf(view, source.groupBy);
    const key = labelsKey(labels);
    const known = windows.get(key);
    if (isEnd) ends?.note(rule, key, atMs);
    // An end of what has not begun changes nothing; a beginning that it has overtaken is over.
    if (isEnd && known === undefined) continue;
    if (!isEnd && ends?.isOver(rule, key, atMs) === true) {
      overtaken += 1;
      continue;
    }
    if (known === undefined && windows.size >= maxWindows) {
      tooMany.push(event);
      continue;
    }
    const window = known ?? { key, labels, timesMs: [] };
    const next = isEnd
      ? withEnd(window, atMs, limits)
      : withEvent(window, { atMs, id: typeof view.event_id === "string" ? view.event_id : "" }, limits);
    if (next === undefined) tooLate.push(event);
    if (next === undefined || next === known) continue;
    windows.set(key, next);
    touched.push({ window: next, eventMs: atMs });
  }
  return { windows: [...windows.values()], touched, tooLate, tooMany, overtaken };
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
  const limits = rule.events?.limits;
  // What holds until an event says that it is over fires now, or not at all.
  if (limits === undefined || limits.resolveWhen !== undefined || holdingAt(window, nowMs, limits) > 0)
    return instances;
  const atMs = completedAt(window, eventMs, limits);
  if (atMs === undefined || rule.rule.forMs > 0) return instances;
  const [active] = await activesOf(rule, [{ labels: window.labels, value: limits.thresholdCount }], { atMs, expand });
  const present = instances.find(({ key }) => key === active?.key);
  const isKnown = present !== undefined && (present.state !== "inactive" || (present.resolvedAtMs ?? 0) >= atMs);
  if (active === undefined || isKnown) return instances;
  const overAtMs = atMs + limits.windowMs;
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
