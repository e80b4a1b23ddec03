import { readConfig } from "@sightline/alertmanager/config/config";
import { type FiringTime, firingTimes } from "@sightline/alertmanager/dispatch/firing-times";
import type { KeptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { AppError } from "@sightline/errors/app-error";
import type { EscalationPolicy as Policy } from "@sightline/oncall/escalation/policy";
import type { Sql } from "@sightline/postgres/pool";
import { Contacts, EscalationPolicy, Schedule } from "@sightline/proto/sightline/alert/v1/oncall_service";
import type { ConfigurationStore, KeptConfiguration } from "../dispatch/configuration-store.ts";
import { decisionsBetween, decisionsOf, type RecordedDecision, type ToldDecision } from "../dispatch/decision-store.ts";
import { readHistory } from "../dispatch/history-store.ts";
import { labelsOf } from "../dispatch/label-store.ts";
import { readSilences } from "../dispatch/silence-store.ts";
import { readWindows } from "../maintenance/window-store.ts";
import { dutyThen } from "../oncall/duty-calls.ts";
import { contactsFromMessage, policyFromMessage } from "../oncall/policy-message.ts";
import { findKept, type Kept, listKept } from "../oncall/revision-store.ts";
import { recipientPolicy } from "../recipients/recipient-policy.ts";
import { ownReceivers } from "./concern.ts";
import { escalationsAmong } from "./escalation-record.ts";
import { ownEvidence } from "./own-evidence.ts";
import type { AlertThen, ConfigurationThen, DutyThen, PagingFacts } from "./paging-facts.ts";

export interface FactsQuestion {
  readonly tenant: string;
  readonly user: string;
  readonly range: FiringTime;
  /** The alerts that are kept now: what began long ago and still fires. */
  readonly kept: readonly KeptAlert[];
}

/** What began longer before the time has been told again since, or still fires. */
const LOOKBACK_MS = 7 * 24 * 3_600_000;
/** Before an alert came in its rule was already looking at it. */
const BEFORE_MS = 60 * 60_000;
const MAX_DECISIONS = 5000;
const MAX_ALERTS = 50;
const MAX_DECISIONS_OF_ALERT = 200;
const MAX_SCHEDULES = 50;
const MAX_RULES = 20;
/** Questions to Postgres at the same time. */
const AT_ONCE = 4;

/** Where it is read. */
export interface FactsSource {
  readonly sql: Sql;
  readonly configurations: Pick<ConfigurationStore, "find">;
}

/** Reads all from which it follows whether a user was told in a time. */
export async function readFacts({ sql, configurations }: FactsSource, question: FactsQuestion): Promise<PagingFacts> {
  const { tenant, user, range } = question;
  const times = [(range.startMs + range.endMs) / 2, range.endMs];
  const [configuration, policies, contacts, silences, windows] = await Promise.all([
    firstAt(times, (atMs) => configurations.find(tenant, atMs)).catch(unreadable),
    firstAt(times, (asOfMs) => policiesAt(sql, tenant, asOfMs)),
    firstAt(times, (atMs) => findKept(sql, { tenant, kind: "contacts", name: user }, atMs)),
    readSilences(sql, tenant),
    readWindows(sql, tenant),
  ]);
  const preferences = contacts && contactsFromMessage(Contacts.decode(contacts.definition));
  const own = await ownEvidence(sql, tenant, { user, receivers: ownReceivers(preferences), ...range });
  const told = await alertsThen(sql, question, own);
  const ofRecipients = recipientPolicies(told.alerts);
  const kept = (policies ?? []).map(({ definition }) => policyFromMessage(EscalationPolicy.decode(definition)));
  const read = [...kept, ...ofRecipients];
  const named = new Set(
    read.flatMap(({ steps }) =>
      steps.flatMap(({ targets }) => targets.flatMap((to) => (to.kind === "schedule" ? [to.schedule] : []))),
    ),
  );
  const schedules = await schedulesThen(sql, question, named);
  const then = configurationThen(configuration);
  return {
    user,
    range,
    configuration: {
      ...then,
      receivers: [...then.receivers, ...ofRecipients.map(({ name }) => ({ name, policy: name }))],
    },
    schedules,
    policies: read,
    contacts: preferences,
    silences: new Map(silences.map((silence) => [silence.id, silence])),
    windows: new Map(windows.map((window) => [window.id, window])),
    ...told,
  };
}

/** Those of the receivers of recipients whom rules of these alerts have named. */
function recipientPolicies(alerts: readonly AlertThen[]): readonly Policy[] {
  const receivers = alerts.flatMap(({ decisions }) => decisions.map(({ receiver = "" }) => receiver));
  return [...new Set(receivers)].flatMap((receiver) => recipientPolicy(receiver) ?? []);
}

/** What was in force in the middle of the time, or else what came into force until its end. */
async function firstAt<T>(
  times: readonly number[],
  find: (atMs: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const atMs of times) {
    const found = await find(atMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function policiesAt(sql: Sql, tenant: string, asOfMs: number): Promise<readonly Kept[] | undefined> {
  const kept = await listKept(sql, { tenant, kind: "policy", asOfMs });
  return kept.length === 0 ? undefined : kept;
}

/** One whose key is lost says nothing, and everything else does. */
function unreadable(thrown: unknown): Pick<ConfigurationThen, "unreadable"> {
  const { code, message } = AppError.from(thrown);
  if (code !== "failed_precondition" && code !== "data_loss") throw thrown;
  return { unreadable: message };
}

function configurationThen(
  kept: KeptConfiguration | Pick<ConfigurationThen, "unreadable"> | undefined,
): ConfigurationThen {
  const none = { version: 0, author: "", sinceMs: undefined, receivers: [] };
  if (kept === undefined) return none;
  if (!("source" in kept)) return { ...none, ...kept };
  const { version, author, createdAt, source } = kept;
  const read = readConfig(source);
  if (!read.ok) {
    const [{ line, column, message } = { line: 1, column: 1, message: "it is empty" }] = read.problems;
    return {
      ...none,
      unreadable: `this version of Sightline refuses version ${version} of it (${line}:${column}: ${message})`,
    };
  }
  const receivers = read.config.receivers.map(({ name, sightline }) => ({
    name,
    policy: sightline?.escalation || undefined,
  }));
  return { version, author, sinceMs: createdAt.getTime(), receivers };
}

/** Those that the user was in, or that a policy names. */
async function schedulesThen(
  sql: Sql,
  { tenant, user, range }: FactsQuestion,
  named: ReadonlySet<string>,
): Promise<DutyThen[]> {
  const kept = await listKept(sql, { tenant, kind: "schedule", asOfMs: range.endMs });
  const all = kept.map(({ name, definition }) => {
    const users = Schedule.decode(definition).layers.flatMap(({ participants }) => participants);
    return { name, users: [...new Set(users)] };
  });
  const wanted = all.filter(({ name, users }) => named.has(name) || users.includes(user)).slice(0, MAX_SCHEDULES);
  return inTurns(wanted, async ({ name, users }) => {
    const shifts = await dutyThen(sql, { tenant, name }, range);
    // Who came by an override is in it too.
    return { name, users: [...new Set([...users, ...shifts.map((shift) => shift.user)])], shifts };
  });
}

async function alertsThen(
  sql: Sql,
  { tenant, range, kept }: FactsQuestion,
  own: readonly RecordedDecision[],
): Promise<Pick<PagingFacts, "alerts" | "rules" | "complete">> {
  const since = { startMs: range.startMs - LOOKBACK_MS, endMs: range.endMs };
  const [decided, history] = await Promise.all([
    decisionsBetween(sql, tenant, range, MAX_DECISIONS),
    readHistory(sql, tenant, since),
  ]);
  const times = firingTimes(history.records, { startMs: history.startMs, endMs: range.endMs });
  const fired = new Map<string, readonly FiringTime[]>();
  for (const [fingerprint, all] of times) {
    const within = all.filter(({ startMs, endMs }) => startMs < range.endMs && endMs > range.startMs);
    if (within.length > 0) fired.set(fingerprint, within);
  }
  for (const { fingerprint, startsAtMs, endsAtMs } of kept) {
    if (times.has(fingerprint) || startsAtMs >= range.endMs || endsAtMs <= range.startMs) continue;
    fired.set(fingerprint, [{ startMs: startsAtMs, endMs: Math.min(endsAtMs, range.endMs) }]);
  }
  // Those of which the user was told come first, then those of which anybody was: of them it is asked.
  const about = new Set([...own, ...decided.filter(isOfRouting)].flatMap(({ fingerprints }) => fingerprints));
  const all = [...new Set([...about, ...fired.keys()])];
  const wanted = all.slice(0, MAX_ALERTS);
  const labels = await labelsOf(sql, tenant, wanted);
  const keptLabels = new Map(kept.map((alert) => [alert.fingerprint, alert.labels]));
  let isCut = false;
  const alerts = await inTurns(wanted, async (fingerprint): Promise<AlertThen> => {
    const firing = fired.get(fingerprint) ?? [];
    const startMs = Math.min(range.startMs, ...firing.map((one) => one.startMs)) - BEFORE_MS;
    const period = { fingerprint, startMs, endMs: range.endMs };
    const newest = await decisionsOf(sql, tenant, period, MAX_DECISIONS_OF_ALERT);
    if (newest.length === MAX_DECISIONS_OF_ALERT) isCut = true;
    const decisions = withOwn(
      newest,
      own.filter(({ fingerprints }) => fingerprints.includes(fingerprint)),
    );
    return {
      fingerprint,
      labels: labels.get(fingerprint) ?? keptLabels.get(fingerprint) ?? { alertname: fingerprint },
      firing,
      decisions,
      escalation: escalationsAmong(decisions),
    };
  });
  const complete = history.complete && decided.length < MAX_DECISIONS && all.length <= MAX_ALERTS && !isCut;
  return { alerts, rules: decided.filter(isOfRule).slice(-MAX_RULES), complete };
}

/** All of them once, oldest first. */
function withOwn(decisions: readonly ToldDecision[], own: readonly RecordedDecision[]): ToldDecision[] {
  const known = new Set(decisions.map(keyOf));
  const missing = own.filter((one) => !known.has(keyOf(one))).map(({ fingerprints: _, ...told }) => told);
  missing.reverse();
  return [...missing, ...decisions].sort((a, b) => a.atMs - b.atMs);
}

function keyOf({ atMs, step, reason, detail = "", receiver = "", integration = "" }: ToldDecision): string {
  return JSON.stringify([atMs, step, reason, detail, receiver, integration]);
}

const ruleSteps = new Set(["rule", "pending", "nodata", "eval_error"]);

function isOfRule({ step }: RecordedDecision): boolean {
  return ruleSteps.has(step);
}

/** What a rule finds is no alert yet, and a test is none at all. */
function isOfRouting(decision: RecordedDecision): boolean {
  return !isOfRule(decision) && decision.step !== "tested";
}

async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))));
  }
  return done;
}
