import { setImmediate } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";
import { createBreath } from "@sightline/query/breath";
import type { ExpandTemplate } from "../evaluate/alert-texts.ts";
import type { Decision, DecisionRecord } from "../evaluate/decision.ts";
import { evaluateGroup } from "../evaluate/evaluate-group.ts";
import type { Sources } from "../evaluate/observe.ts";
import { observeEvents, type TimedEvent } from "../evaluate/observe-events.ts";
import type { AlertingPlan, EventsPlan, GroupPlan } from "../evaluate/plan.ts";
import { emptyGroupState, type GroupState } from "../evaluate/state.ts";
import { type Labels, labelsKey } from "../labels.ts";

/** What a rule makes of events that it is tried with. */
export interface TriedRule {
  readonly rule: string;
  /** The places in the list of the events that fulfil its condition. */
  readonly counted: readonly number[];
  /** Those of the events by which it is over. */
  readonly ending: readonly number[];
  readonly alerts: readonly TriedAlert[];
  /** What else would be said of it, such as that there are too many groups of events. */
  readonly notes: readonly string[];
}

/** An alert that would begin. Times are milliseconds since the Unix epoch; unset: it would not come to that. */
export interface TriedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  /** How many events counted when it began. */
  readonly value: number;
  readonly pendingAtMs: number | undefined;
  readonly firedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
}

export interface TrialOptions {
  readonly expand: ExpandTemplate;
  /** Looks at what a rule has of each group of events, at each event and each time at which something may end; counted down over all of them. */
  readonly budget: TrialBudget;
  readonly signal: AbortSignal;
}

export interface TrialBudget {
  looks: number;
}

/** For so long nobody else has a turn. */
const MAX_BUSY_MS = 10;
/** Of a rule; of more it is said that there are. */
const maxAlerts = 200;

/**
 * Tries events with the rules of a group that are about events, each by itself and from nothing: as if each event had come when it happened, and the
 * group had been evaluated at each moment at which something follows. Throws resource_exhausted when that takes more looks than there may be.
 */
export async function tryEvents(
  plan: GroupPlan,
  events: readonly TimedEvent[],
  options: TrialOptions,
): Promise<readonly TriedRule[]> {
  const tried: TriedRule[] = [];
  for (const rule of plan.rules) {
    if (rule.kind !== "alerting" || rule.events === undefined) continue;
    tried.push(await tryRule({ ...plan, rules: [rule] }, { rule, events: rule.events }, { given: events, options }));
    await setImmediate(undefined, { signal: options.signal });
  }
  return tried;
}

interface Tried {
  readonly rule: AlertingPlan;
  readonly events: EventsPlan;
}

interface Trial {
  readonly given: readonly TimedEvent[];
  readonly options: TrialOptions;
}

async function tryRule(plan: GroupPlan, { rule, events }: Tried, { given, options }: Trial): Promise<TriedRule> {
  const breathe = createBreath(options.signal, { callsPerLook: 1, busyMs: MAX_BUSY_MS });
  const placesOf = async (isMeant: (event: TimedEvent) => boolean) => {
    const places: number[] = [];
    for (const [place, event] of given.entries()) {
      if (isMeant(event)) places.push(place);
      await breathe();
    }
    return places;
  };
  const counted = await placesOf(({ view }) => events.condition.matches(view));
  const ending = await placesOf(({ view }) => events.resolveWhen?.matches(view) === true);
  const meant = [...new Set([...counted, ...ending])].flatMap((place) => given[place] ?? []);
  const records: (DecisionRecord & { readonly annotations: Labels })[] = [];
  let state = emptyGroupState;
  for (const moment of momentsOf(meant, rule)) {
    // All its groups of events are looked at.
    const [{ instances = [], windows = [] } = {}] = state.rules;
    spend(options, rule, Math.max(instances.length, windows.length, 1));
    const next = await lookAt(plan, state, { moment, options });
    state = next.state;
    records.push(...next.records.map((record) => ({ ...record, annotations: annotationsOf(record, state) })));
    await breathe();
  }
  const alerts = alertsOf(records);
  return {
    rule: rule.rule.name,
    counted,
    ending,
    alerts: alerts.slice(0, maxAlerts),
    notes: [
      ...records.flatMap((record) => (record.type === "alert" ? [] : [record.message])),
      ...(alerts.length > maxAlerts ? [`${alerts.length - maxAlerts} more alerts are left out`] : []),
    ],
  };
}

function spend({ budget }: TrialOptions, { rule }: AlertingPlan, looks: number): void {
  budget.looks -= looks;
  if (budget.looks >= 0) return;
  throw new AppError(
    "resource_exhausted",
    `cannot try the rule ${rule.name}: got more events for rules than can be tried at once, want fewer events, or rules by name`,
  );
}

interface Moment {
  readonly atMs: number;
  /** Those that come then; none: the rule is evaluated. */
  readonly events: readonly TimedEvent[];
}

/** When the rule is looked at, in the order of time: as events come, and as its `for`, its window and what it keeps firing for are over. */
function momentsOf(meant: readonly TimedEvent[], { rule, events }: AlertingPlan): readonly Moment[] {
  const { forMs, keepFiringForMs } = rule;
  const windowMs = events?.limits.windowMs ?? 0;
  const delays = new Set([forMs, windowMs, windowMs + keepFiringForMs]);
  const looks = new Set(meant.flatMap(({ atMs }) => [...delays].map((delayMs) => atMs + delayMs)));
  const moments: readonly Moment[] = [
    ...meant.map((event) => ({ atMs: event.atMs, events: [event] })),
    ...[...looks].map((atMs) => ({ atMs, events: [] })),
  ];
  return moments.toSorted((a, b) => a.atMs - b.atMs || b.events.length - a.events.length);
}

interface Look {
  readonly moment: Moment;
  readonly options: TrialOptions;
}

async function lookAt(plan: GroupPlan, state: GroupState, { moment, options }: Look) {
  const { atMs, events } = moment;
  const { expand, signal } = options;
  // Rules of events ask nobody.
  const sources: Sources = { queries: { instant: async () => [] }, firing: () => [], signal };
  if (events.length > 0) return observeEvents(plan, state, events, { nowMs: atMs, sources, expand });
  return evaluateGroup(plan, state, { atMs, clock: () => atMs, sources, expand });
}

function annotationsOf(record: DecisionRecord, { rules }: GroupState): Labels {
  if (record.type !== "alert") return {};
  const key = labelsKey(record.labels);
  return rules.flatMap(({ instances }) => instances).find((instance) => instance.key === key)?.annotations ?? {};
}

type Told = (DecisionRecord & { readonly annotations: Labels })[];

/** The alerts of which steps are told, in the order in which they began. */
function alertsOf(records: Told): readonly TriedAlert[] {
  const alerts: TriedAlert[] = [];
  const open = new Map<string, number>();
  for (const record of records) {
    if (record.type !== "alert") continue;
    const key = labelsKey(record.labels);
    const place = open.get(key) ?? alerts.length;
    const before = alerts[place] ?? begun(record, record.annotations);
    alerts[place] = stepped(before, record);
    if (record.to === "inactive") open.delete(key);
    else open.set(key, place);
  }
  return alerts;
}

function begun({ labels, value }: Decision, annotations: Labels): TriedAlert {
  const never = { pendingAtMs: undefined, firedAtMs: undefined, endedAtMs: undefined };
  return { labels, annotations, value: Number(value), ...never };
}

function stepped(alert: TriedAlert, { to, atMs }: Decision): TriedAlert {
  switch (to) {
    case "pending":
      return { ...alert, pendingAtMs: atMs };
    case "firing":
      return { ...alert, firedAtMs: alert.firedAtMs ?? atMs };
    case "inactive":
      return { ...alert, endedAtMs: atMs };
  }
}
