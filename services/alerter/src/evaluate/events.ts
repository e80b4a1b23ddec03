import { AppError } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import { createRecentEnds, type Ends } from "@sightline/rules/evaluate/recent-ends";
import type { Alert } from "../alerts/alert.ts";
import { openAlertsOfRule, setAlertValues } from "../alerts/alert-store.ts";
import { beginAlert, moveAlert, RULE_ACTOR, type Step } from "../alerts/step.ts";
import type { EventRule } from "../rules/rule.ts";
import { recordEvaluation } from "../rules/rule-store.ts";
import { type Decision, decide, type Observation } from "./decide.ts";
import { eventTexts } from "./describe.ts";
import { type GroupSigns, readSigns, type Sign } from "./signs.ts";
import { addMatch, EMPTY_WINDOW, type EventWindow, endWindow, isPassed, isReached } from "./window.ts";
import {
  claimMessage,
  countOpenAlerts,
  countWindows,
  keyOf,
  readOpenAlerts,
  readWindows,
  type WindowWrite,
  writeWindows,
} from "./window-store.ts";

/** A message of events, as the bus delivers it. */
export interface EventMessage {
  readonly tenant: string;
  /** A serialized EventBatch. */
  readonly payload: Uint8Array;
  /** Its place on the bus: the same whenever it is delivered again. */
  readonly place: string;
  readonly receivedUnixNano: bigint;
}

export interface EventEvaluatorOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The tenant's enabled event rules. */
  readonly rulesOf: (tenant: string) => readonly EventRule[];
  /** Events that happened longer ago than this mean nothing any more, milliseconds. */
  readonly maxAgeMs: number;
  /** How many alerts one rule can have open; no more are begun. */
  readonly maxOpenAlerts: number;
  /** How many groups of one rule are counted at a time; events of more are dropped. */
  readonly maxGroups: number;
  /** Told of events that are dropped, and why. */
  readonly onDropped: (reason: "too_late" | "too_many_alerts" | "too_many_groups" | "overtaken") => void;
}

export interface EventEvaluator {
  /**
   * Takes in the events of a message, once however often it is delivered. Resolves to how many alerts it moved.
   * Throws data_loss for bytes that are no events, anything else to be tried again.
   */
  take(message: EventMessage): Promise<number>;
  /**
   * Ends the alerts of a rule for which too few events are left in the window, everything up to `knownUntilMs` having
   * been taken in; undefined when that cannot be told. Resolves to how many alerts it moved.
   */
  passWindows(rule: EventRule, knownUntilMs: number | undefined): Promise<number>;
}

/** Of how many groups of a rule it is remembered that they are over, and of how many rules of all tenants. */
const recentEnds = { maxEnds: 5000, maxRules: 1000 };
/** How long a window is kept after nothing in it counts any more, for whoever is behind. */
const slackMs = 3600_000;
/** How long a window is kept for what it knows about the last end. */
const keepEndMs = 24 * 3600_000;

/** Evaluates event rules: every event as it comes, and the passing of windows from time to time. */
export function createEventEvaluator(options: EventEvaluatorOptions): EventEvaluator {
  const { sql, clock, rulesOf } = options;
  const ends = createRecentEnds(recentEnds);
  return {
    async take({ tenant, payload, place, receivedUnixNano }) {
      const rules = rulesOf(tenant);
      if (rules.length === 0) return 0;
      const groups = decodeSigns(payload, rules, {
        seenAtMs: msOfNanos(receivedUnixNano),
        nowMs: clock(),
        maxAgeMs: options.maxAgeMs,
        onTooLate: () => options.onDropped("too_late"),
      });
      if (groups.length === 0) return 0;
      const taken = ends.take();
      const moved = await sql.transaction(async (tx) => {
        if (await claimMessage(tx, place, clock())) return applyGroups(tx, { tenant, groups, ends: taken }, options);
        noteEnds(groups, taken);
        return 0;
      });
      taken.keep();
      return moved;
    },
    async passWindows(rule, knownUntilMs) {
      const { moved, open } = await sql.transaction(async (tx) => {
        const alerts = await openAlertsOfRule(tx, rule.tenant, rule.ruleId);
        const passing = { open: alerts, knownUntilMs, atMs: clock() };
        return { moved: await passWindows(tx, rule, passing), open: alerts.length };
      });
      const error = open < options.maxOpenAlerts ? "" : `cannot begin more alerts: ${open} are open`;
      await recordEvaluation(sql, { tenant: rule.tenant, ruleIds: [rule.ruleId], atMs: clock(), error });
      return moved;
    },
  };
}

function decodeSigns(...batch: Parameters<typeof readSigns>): GroupSigns[] {
  try {
    return readSigns(...batch);
  } catch (cause) {
    throw new AppError("data_loss", "cannot read the message: it is no batch of events", { cause });
  }
}

/** Of a message that was taken in before: maybe by somebody else, or without our being told. */
function noteEnds(groups: readonly GroupSigns[], ends: Ends): void {
  for (const { ruleId, fingerprint, signs } of groups) {
    for (const { kind, match } of signs) if (kind === "end") ends.note(ruleId, fingerprint, match.atMs);
  }
}

interface Taking {
  readonly tenant: string;
  readonly groups: readonly GroupSigns[];
  readonly ends: Ends;
}

async function applyGroups(tx: Sql, { tenant, groups, ends }: Taking, options: EventEvaluatorOptions): Promise<number> {
  const windows = await readWindows(tx, tenant, groups);
  const alerts = await readOpenAlerts(tx, tenant, groups);
  const hasRoom = createRoom(tx, tenant, options);
  const writes: WindowWrite[] = [];
  const values = new Map<string, number>();
  let moved = 0;
  for (const group of groups) {
    const before = windows.get(keyOf(group));
    if (before === undefined && !(await hasRoom(group))) continue;
    const state = { window: before ?? EMPTY_WINDOW, alert: alerts.get(keyOf(group)), moved: 0 };
    for (const sign of group.signs) await applySign(tx, group, sign, { state, ends, options });
    if (state.window !== (before ?? EMPTY_WINDOW)) writes.push(writeOf(group, state.window));
    if (state.alert !== undefined) values.set(state.alert.alertId, state.alert.value);
    moved += state.moved;
  }
  await writeWindows(tx, tenant, writes);
  await setAlertValues(tx, tenant, values);
  return moved;
}

/** Tells whether a group that has no window yet may have one: senders choose how many groups there are. */
function createRoom(tx: Sql, tenant: string, { maxGroups, onDropped }: EventEvaluatorOptions) {
  const counts = new Map<string, number>();
  return async ({ ruleId, signs }: GroupSigns): Promise<boolean> => {
    if (!signs.some(({ kind }) => kind === "match")) return true;
    const count = counts.get(ruleId) ?? (await countWindows(tx, tenant, ruleId));
    counts.set(ruleId, count + 1);
    if (count < maxGroups) return true;
    for (const _ of signs) onDropped("too_many_groups");
    return false;
  };
}

interface GroupState {
  window: EventWindow;
  alert: Alert | undefined;
  moved: number;
}

interface Applied {
  readonly state: GroupState;
  readonly ends: Ends;
  readonly options: EventEvaluatorOptions;
}

/** One event, for one group: changes the window, and the alert as follows from it. */
async function applySign(tx: Sql, group: GroupSigns, sign: Sign, { state, ends, options }: Applied): Promise<void> {
  const { ruleId, fingerprint } = group;
  if (sign.kind === "end") ends.note(ruleId, fingerprint, sign.match.atMs);
  // A beginning that its end has overtaken.
  else if (ends.isOver(ruleId, fingerprint, sign.match.atMs)) return options.onDropped("overtaken");
  const window =
    sign.kind === "match"
      ? addMatch(state.window, sign.match, group.rule)
      : endIfAny(state.window, sign.match.atMs, state.alert);
  if (window === state.window) return;
  state.window = window;
  if (sign.kind === "match" && state.alert !== undefined)
    state.alert = { ...state.alert, value: state.alert.value + 1 };
  const observation = observe(window, group, sign);
  const known = state.alert === undefined ? undefined : knownOf(state.alert);
  const decision = decide(known, observation, { nowMs: options.clock(), forMs: 0 });
  if (decision.move === undefined) return;
  const step = stepOf(group, sign, { decision, state, atMs: options.clock() });
  if (state.alert !== undefined) {
    if ((await moveAlert(tx, state.alert, step)) !== undefined) state.moved++;
    state.alert = undefined;
    return;
  }
  if ((await countOpenAlerts(tx, group.rule.tenant, group.ruleId)) >= options.maxOpenAlerts) {
    return options.onDropped("too_many_alerts");
  }
  state.alert = await beginAlert(tx, { ...draftOf(group, sign, step.value), alertId: options.newId() }, step);
  if (state.alert !== undefined) state.moved++;
}

/** An end of what has not begun changes nothing, so that healthy targets cost no writes. */
function endIfAny(window: EventWindow, atMs: number, alert: Alert | undefined): EventWindow {
  return window.matches.length === 0 && alert === undefined ? window : endWindow(window, atMs);
}

function observe(window: EventWindow, { rule }: GroupSigns, { kind }: Sign): Observation {
  if (isReached(window, rule)) return { kind: "holds" };
  // Matches that are too few begin nothing and end nothing.
  return kind === "end" ? { kind: "ended", reason: "resolving_event" } : { kind: "unknown" };
}

function knownOf(alert: Alert) {
  if (alert.state === "resolved") return undefined;
  return { state: alert.state, sinceMs: alert.firedAt?.getTime() ?? 0 };
}

interface Taken {
  readonly decision: Extract<Decision, { move: string }>;
  readonly state: GroupState;
  readonly atMs: number;
}

function stepOf({ rule }: GroupSigns, { event }: Sign, { decision, state, atMs }: Taken): Step {
  const value = state.alert?.value ?? state.window.matches.length;
  const { move: to, reason } = decision;
  return { to, reason, actor: RULE_ACTOR, note: event.title, value, atMs, channels: rule.channels };
}

function draftOf({ rule, labels, fingerprint }: GroupSigns, { event }: Sign, count: number) {
  const { tenant, ruleId, name, severity } = rule;
  return { tenant, ruleId, ruleName: name, fingerprint, severity, ...eventTexts(rule, { labels, count, event }) };
}

function writeOf({ ruleId, fingerprint, rule }: GroupSigns, window: EventWindow): WindowWrite {
  const newestMs = window.matches.reduce((latest, { seenAtMs }) => Math.max(latest, seenAtMs), 0);
  const knowsEndUntilMs = window.endedAtMs === undefined ? 0 : window.endedAtMs + keepEndMs;
  return { ruleId, fingerprint, window, expiresAtMs: Math.max(newestMs + rule.windowMs + slackMs, knowsEndUntilMs) };
}

interface Passing {
  readonly open: readonly Alert[];
  readonly knownUntilMs: number | undefined;
  readonly atMs: number;
}

async function passWindows(tx: Sql, rule: EventRule, { open, knownUntilMs, atMs }: Passing): Promise<number> {
  if (rule.resolveWhen !== undefined || knownUntilMs === undefined || open.length === 0) return 0;
  const windows = await readWindows(tx, rule.tenant, open);
  let moved = 0;
  for (const alert of open) {
    if (!isPassed(windows.get(keyOf(alert)) ?? EMPTY_WINDOW, rule, knownUntilMs)) continue;
    const decision = decide(knownOf(alert), { kind: "ended", reason: "window_passed" }, { nowMs: atMs, forMs: 0 });
    if (decision.move === undefined) continue;
    const note = `fewer than ${rule.count} events within ${rule.windowMs / 1000} s`;
    const step = { to: decision.move, reason: decision.reason, actor: RULE_ACTOR, note, value: alert.value, atMs };
    if ((await moveAlert(tx, alert, { ...step, channels: [] })) !== undefined) moved++;
  }
  return moved;
}
