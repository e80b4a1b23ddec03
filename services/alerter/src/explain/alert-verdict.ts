import { SKIP_REASONS } from "@sightline/alertmanager/dispatch/notification-reason";
import type { ToldDecision } from "../dispatch/decision-store.ts";
import { type Concern, concerns } from "./concern.ts";
import { notToldVerdict, toldVerdict } from "./escalation-verdict.ts";
import type { AlertThen, PagingFacts } from "./paging-facts.ts";
import { momentText, sentenceOf } from "./sentence.ts";
import type { Verdict } from "./verdict.ts";

/** Steps that keep an alert, or its whole group, from being told. */
const HIDING = ["inhibited", "outside_active_times", "muted_by_time", "silenced", "maintenance"] as const;

type HidingStep = (typeof HIDING)[number];

/** What became of an alert for the user, in the order in which it is decided. */
export function alertVerdict(alert: AlertThen, concern: Concern, facts: PagingFacts): Verdict {
  const { range } = facts;
  const told = toldVerdict(alert, facts);
  if (told !== undefined) return told;
  const receivers = receiversOf(alert);
  const theirs = receivers.filter((receiver) => concerns(concern, receiver));
  if (theirs.length === 0) return elsewhereVerdict(receivers, alert, facts);
  const decisions = alert.decisions.filter(({ receiver = "" }) => receiver === "" || theirs.includes(receiver));
  const sent = decisions.filter(({ atMs, receiver = "" }) => atMs >= range.startMs && concern.own.has(receiver));
  return (
    sentVerdict(sent) ??
    hiddenVerdict(decisions, facts) ??
    escalatedVerdict(theirs, alert, { concern, facts }) ??
    idleVerdict(decisions, facts)
  );
}

function receiversOf({ decisions }: AlertThen): string[] {
  return [...new Set(decisions.flatMap(({ receiver = "" }) => (receiver === "" ? [] : [receiver])))];
}

/** What was sent to the user's own receivers. */
function sentVerdict(sent: readonly ToldDecision[]): Verdict | undefined {
  const delivered = sent.find(({ step }) => step === "delivered");
  if (delivered !== undefined) {
    const { receiver, atMs, reason } = delivered;
    return { reason: "paged", text: `at ${momentText(atMs)} by ${receiver}: ${reason}` };
  }
  const failed = sent.findLast(({ step }) => step === "failed") ?? sent.findLast(({ step }) => step === "attempted");
  if (failed === undefined) return undefined;
  const { receiver, atMs, reason, detail } = failed;
  return {
    reason: "failed",
    text: `it was sent at ${momentText(atMs)} by ${receiver}, which did not take it: ${detail || reason}`,
  };
}

/** What hid the alert at the end of the time, unless something was due after that. */
function hiddenVerdict(decisions: readonly ToldDecision[], facts: PagingFacts): Verdict | undefined {
  const last = decisions.findLast(({ step }) => step === "due" || isHiding(step));
  if (last === undefined || !isHiding(last.step)) return undefined;
  return { reason: last.step, text: hidingText(last, last.step, facts) };
}

function isHiding(step: string): step is HidingStep {
  return HIDING.some((hiding) => hiding === step);
}

function hidingText(
  { ids = [], receiver = "" }: ToldDecision,
  step: HidingStep,
  { silences, windows, range }: PagingFacts,
): string {
  const named = ids.join(", ");
  switch (step) {
    case "silenced": {
      const silence = silences.get(ids[0] ?? "");
      if (silence === undefined) return `it was silenced by ${named}`;
      const { createdBy, endsAtMs, comment } = silence;
      return `it was silenced by ${createdBy} until ${momentText(endsAtMs)} (${comment}${changedSince(silence, range)})`;
    }
    case "inhibited":
      return `another alert that fired inhibited it (${named})`;
    case "maintenance": {
      const window = windows.get(ids[0] ?? "");
      if (window === undefined) return `a maintenance window was open for it (${named})`;
      return `the maintenance window ${window.name} of ${window.createdBy} was open for it (${window.comment}${changedSince(window, range)})`;
    }
    case "muted_by_time":
      return `the time interval ${named} muted the route to ${receiver}`;
    case "outside_active_times":
      return `the route to ${receiver} was outside of its active times (${named})`;
  }
}

/** Only the newest text of these is kept: what they said then may be something else. */
function changedSince({ updatedAtMs }: { readonly updatedAtMs: number }, { endMs }: PagingFacts["range"]): string {
  return updatedAtMs > endMs ? `, as it says since it was changed at ${momentText(updatedAtMs)}` : "";
}

interface Escalated {
  readonly concern: Concern;
  readonly facts: PagingFacts;
}

/** How far the escalations went that can come to the user. */
function escalatedVerdict(
  theirs: readonly string[],
  alert: AlertThen,
  { concern, facts }: Escalated,
): Verdict | undefined {
  for (const receiver of theirs) {
    const policy = concern.byPolicy.get(receiver);
    const verdict = policy === undefined ? undefined : notToldVerdict(alert, policy, { concern, facts });
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/** Nothing was sent, nothing hid it. */
function idleVerdict(decisions: readonly ToldDecision[], { range }: PagingFacts): Verdict {
  const last = decisions.at(-1);
  if (last?.step === "waiting") {
    const until = last.dueAtMs === undefined ? "" : ` until ${momentText(last.dueAtMs)}`;
    return { reason: "waiting", text: `its group was waiting for more alerts${until}` };
  }
  const taken = decisions.findLast(({ step }) => step === "action");
  if (taken !== undefined && last?.reason === SKIP_REASONS.acknowledged) {
    const said = taken.detail ? `${taken.reason}: ${taken.detail}` : taken.reason;
    return { reason: "acknowledged", text: `at ${momentText(taken.atMs)} ${said}` };
  }
  const before = decisions.findLast(({ step, atMs }) => step === "delivered" && atMs < range.startMs);
  if (before !== undefined) {
    const at = momentText(before.atMs);
    return {
      reason: "told_before",
      text: `${before.receiver} had been told of it at ${at}, and nothing was due again`,
    };
  }
  const said =
    last === undefined ? "" : `; the last that was decided, at ${momentText(last.atMs)}: ${sentenceOf(last)}`;
  return { reason: "nothing_due", text: `nothing was due for it${said.replace(/\.$/, "")}` };
}

/** The alert is others'. */
function elsewhereVerdict(receivers: readonly string[], alert: AlertThen, facts: PagingFacts): Verdict {
  if (receivers.length === 0) return { reason: "nothing_due", text: "no route had taken it yet" };
  const told = alert.decisions.filter(({ step, atMs }) => step === "delivered" && atMs >= facts.range.startMs);
  const names = [...new Set(told.map(({ receiver = "" }) => receiver))];
  const did = names.length === 0 ? "none of which was told in that time" : `of which ${names.join(", ")} took it`;
  const onCall = instead(alert);
  return {
    reason: "routed_elsewhere",
    text: `it was routed to ${receivers.join(", ")}, ${did}; none of them leads to you${onCall}`,
  };
}

function instead({ escalation }: AlertThen): string {
  const users = escalation.findLast(({ kind }) => kind === "told")?.users ?? [];
  return users.length === 0 ? "" : ` (${users.join(", ")} was told)`;
}
