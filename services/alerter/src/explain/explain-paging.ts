import type { ToldDecision } from "../dispatch/decision-store.ts";
import { alertVerdict } from "./alert-verdict.ts";
import { type Concern, concernOf } from "./concern.ts";
import type { AlertThen, DutyThen, PagingFacts } from "./paging-facts.ts";
import { alertText, momentText, sentenceOf } from "./sentence.ts";
import { nearest, type PagingReason, type Verdict } from "./verdict.ts";

/** One sentence of an answer. */
export interface Sentence {
  /** Undefined: of no moment. */
  readonly atMs: number | undefined;
  readonly text: string;
  /** What it tells: `answer`, `configuration`, `on_call`, `contacts`, `alert`, or the step of a decision. */
  readonly kind: string;
  /** The alert that it is about. */
  readonly fingerprint?: string;
  /** The decision that it says. */
  readonly decision?: ToldDecision;
}

/** Why a user was told or not. */
export interface PagingAnswer {
  readonly reason: PagingReason;
  /** The first is the answer. */
  readonly sentences: readonly Sentence[];
}

/** Alerts of which every decision is told, and how many of each; of the others only what became of them. */
const maxTold = 10;
const maxDecisions = 40;
const maxListed = 50;

interface Judged {
  readonly alert: AlertThen;
  readonly verdict: Verdict;
}

/** Answers "why was I (not) paged?" from what was so then. */
export function explainPaging(facts: PagingFacts): PagingAnswer {
  const concern = concernOf(facts);
  const judged = facts.alerts.map((alert) => ({ alert, verdict: alertVerdict(alert, concern, facts) }));
  const best = nearest(judged);
  const verdict = best?.verdict ?? quietVerdict(facts);
  const others = judged.filter((one) => one !== best);
  return {
    reason: verdict.reason,
    sentences: [
      {
        atMs: undefined,
        kind: "answer",
        text: answerText(verdict, best?.alert, { others: others.length, isWhole: facts.complete }),
      },
      configurationSentence(facts),
      ...dutySentences(facts, concern),
      ...contactSentences(facts),
      ...[...(best === undefined ? [] : [best]), ...others].flatMap((one, index) => alertSentences(one, index)),
      ...(best === undefined ? facts.rules.map((decision) => decisionSentence(decision)) : []),
    ],
  };
}

interface Among {
  /** How many more alerts there are. */
  readonly others: number;
  /** Whether all that there was was looked at. */
  readonly isWhole: boolean;
}

function answerText({ reason, text }: Verdict, alert: AlertThen | undefined, { others, isWhole }: Among): string {
  const about = alert === undefined ? "" : ` about ${alertText(alert.labels)}`;
  const more = others === 0 ? "" : ` (${others} more ${others === 1 ? "alert" : "alerts"} below)`;
  if (reason === "paged") return `You were paged${about} ${text}${more}.`;
  if (isWhole) return `You were not paged${about}: ${text}${more}.`;
  return `Nothing of what was looked at shows that you were paged${about}: ${text}${more}. There is more than that: ask about a shorter time.`;
}

/** No alert fired. */
function quietVerdict({ rules, range }: PagingFacts): Verdict {
  const when = `between ${momentText(range.startMs)} and ${momentText(range.endMs)}`;
  const none = `no alert was firing ${when}`;
  const lacking = rules.findLast(isLacking);
  if (lacking !== undefined) {
    return {
      reason: "rule_failed",
      text: `${none}, and at ${momentText(lacking.atMs)} a rule could not tell: ${said(lacking)}`,
    };
  }
  const pending = rules.at(-1);
  if (pending === undefined) return { reason: "no_alert", text: none };
  return { reason: "pending", text: `${none}; the nearest was, at ${momentText(pending.atMs)}: ${said(pending)}` };
}

/** Whether a rule had no data, had them too late or failed. */
function isLacking({ step, reason, detail = "" }: ToldDecision): boolean {
  return /\bno_? ?data|came too late|cannot be evaluated|nobody can be asked|eval_error/.test(
    `${step} ${reason} ${detail}`,
  );
}

function said(decision: ToldDecision): string {
  return sentenceOf(decision).replace(/\.$/, "");
}

function configurationSentence({ configuration }: PagingFacts): Sentence {
  const { version, author, sinceMs, unreadable } = configuration;
  const kind = "configuration";
  if (unreadable !== undefined)
    return {
      atMs: undefined,
      kind,
      text: `The alertmanager.yml that was in force then cannot be read: ${unreadable}.`,
    };
  if (version === 0)
    return {
      atMs: undefined,
      kind,
      text: "No alertmanager.yml that was in force then is kept: as far as is known, no route told anybody.",
    };
  return {
    atMs: sinceMs,
    kind,
    text: `In force was version ${version} of alertmanager.yml${author === "" ? "" : `, put by ${author}`}.`,
  };
}

/** Who was on call in the schedules that can lead to the user, or that they are in. */
function dutySentences({ user, schedules, range }: PagingFacts, { steps }: Concern): Sentence[] {
  const through = new Set(steps.flatMap(({ schedule }) => schedule ?? []));
  const theirs = schedules.filter(({ name, users }) => through.has(name) || users.includes(user));
  if (theirs.length === 0 && steps.length === 0) {
    return [{ atMs: undefined, kind: "on_call", text: "No schedule and no escalation policy led to you." }];
  }
  return theirs.map(({ name, shifts }) => dutySentence(name, shifts, range.startMs));
}

function dutySentence(name: string, shifts: DutyThen["shifts"], startMs: number): Sentence {
  const who = shifts.map(({ user, startMs: fromMs, endMs }) =>
    shifts.length === 1 ? user : `${user} (${momentText(fromMs)} to ${momentText(endMs)})`,
  );
  const text = who.length === 0 ? `Nobody was on call in ${name}.` : `On call in ${name} was ${who.join(", then ")}.`;
  return { atMs: startMs, kind: "on_call", text };
}

function contactSentences({ contacts }: PagingFacts): Sentence[] {
  if (contacts === undefined) return [];
  const { methods, quietHours, timeZone } = contacts;
  const ways =
    methods.length === 0 ? "no contact method" : `the contact methods ${methods.map((one) => one.receiver).join(", ")}`;
  const quiet = quietHours.length === 0 ? "" : `, and quiet hours by the clocks of ${timeZone}`;
  return [{ atMs: undefined, kind: "contacts", text: `You had ${ways}${quiet}.` }];
}

function alertSentences({ alert, verdict }: Judged, index: number): Sentence[] {
  if (index >= maxListed) return [];
  const { fingerprint, labels, firing, decisions } = alert;
  const times = firing.map(({ startMs, endMs }) => `from ${momentText(startMs)} to ${momentText(endMs)}`);
  const fired = times.length === 0 ? "was decided about" : `fired ${times.join(", and ")}`;
  const came = verdict.reason === "paged" ? `you were paged ${verdict.text}` : `you were not paged, ${verdict.text}`;
  const head = {
    atMs: firing[0]?.startMs ?? decisions[0]?.atMs,
    kind: "alert",
    text: `${alertText(labels)} ${fired}: ${came}.`,
    fingerprint,
  };
  if (index >= maxTold) return [head];
  const told = decisions.slice(-maxDecisions).map((decision) => decisionSentence(decision, fingerprint));
  return [head, ...told];
}

function decisionSentence(decision: ToldDecision, fingerprint?: string): Sentence {
  const { atMs, step: kind } = decision;
  return { atMs, kind, text: sentenceOf(decision), decision, ...(fingerprint !== undefined && { fingerprint }) };
}
