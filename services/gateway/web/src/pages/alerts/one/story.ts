import type { Decision } from "../../../api/explain.ts";
import { msOf } from "../../../time/format-time.ts";

/** Where an alert is in its life. */
export type LifeState = "pending" | "firing" | "acknowledged";

/** A part of its life. */
export interface LifeSpan {
  readonly state: LifeState;
  readonly startMs: number;
  /** Now, when it lasts. */
  readonly endMs: number;
}

/** What a mark of the picture says. */
export type MarkKind = "told" | "failed" | "hidden" | "person" | "ended" | "due";

export interface LifeMark {
  readonly kind: MarkKind;
  readonly atMs: number;
  readonly words: string;
}

/** An alert's life as it is drawn. */
export interface LifePicture {
  readonly startMs: number;
  readonly endMs: number;
  readonly spans: readonly LifeSpan[];
  readonly marks: readonly LifeMark[];
}

const HIDING = new Set(["inhibited", "outside_active_times", "muted_by_time", "silenced", "maintenance"]);
const LEADS: Readonly<Record<string, MarkKind>> = {
  delivered: "told",
  failed: "failed",
  dropped: "failed",
  acknowledged: "person",
  escalation: "person",
  action: "person",
  resolved: "ended",
  due: "due",
};

/** Draws what was decided: the states one after another, and what happened at which moment. Undefined where there is nothing. */
export function pictureOf(decisions: readonly Decision[], nowMs: number): LifePicture | undefined {
  const [first] = decisions;
  if (first === undefined) return undefined;
  const startMs = msOf(first.time);
  const lastMs = msOf((decisions.at(-1) ?? first).time);
  // The page's clock ticks in steps: what was decided is not ahead of it.
  const untilMs = Math.max(nowMs, lastMs, startMs + 1000);
  const spans = spansOf(decisions, untilMs);
  const marks = decisions.flatMap(markOf);
  const isLasting = spans.at(-1)?.endMs === untilMs;
  const endMs = isLasting ? untilMs : Math.max(lastMs, startMs + 1000);
  return { startMs, endMs, spans, marks };
}

function spansOf(decisions: readonly Decision[], nowMs: number): LifeSpan[] {
  const spans: LifeSpan[] = [];
  let open: { state: LifeState; startMs: number } | undefined;
  const end = (atMs: number) => {
    if (open !== undefined && atMs > open.startMs) spans.push({ ...open, endMs: atMs });
    open = undefined;
  };
  for (const decision of decisions) {
    const state = stateAfter(decision);
    // What is acknowledged goes on firing: being sent again does not take it from whoever has it.
    const isKept = state === "firing" && open?.state === "acknowledged" && decision.step !== "action";
    if (state === undefined || state === open?.state || isKept) continue;
    const atMs = msOf(decision.time);
    end(atMs);
    if (state !== "over") open = { state, startMs: atMs };
  }
  if (open !== undefined) end(nowMs);
  return spans;
}

/** What people do that changes whose an alert is. */
const AFTER_ACTION: Readonly<Record<string, LifeState>> = {
  "somebody takes care of it": "acknowledged",
  "nobody takes care of it any more": "firing",
  "something new fires in its group: who took care of the group took care of what it was before": "firing",
};

/** What a sender says of an alert that does not fire. */
const ENDED: ReadonlySet<string> = new Set([
  "its sender said that it ended",
  "its sender says that it is over already",
]);

function stateAfter({ step, reason, detail }: Decision): LifeState | "over" | undefined {
  switch (step) {
    case "pending":
    case "firing":
    case "acknowledged":
      return step;
    case "resolved":
      return "over";
    case "action":
      return AFTER_ACTION[reason];
    case "received":
      return ENDED.has(reason) ? "over" : "firing";
    case "rule": {
      const [, to] = / to (\w+)/.exec(detail) ?? [];
      return to === "pending" || to === "firing" ? to : to === "inactive" || to === "resolved" ? "over" : undefined;
    }
    default:
      return undefined;
  }
}

function markOf(decision: Decision): LifeMark[] {
  const kind = HIDING.has(decision.step) ? "hidden" : LEADS[decision.step];
  return kind === undefined ? [] : [{ kind, atMs: msOf(decision.time), words: wordsOf(decision) }];
}

/** A decision in words. */
export function wordsOf({ sentence, step, reason, detail }: Decision): string {
  if (sentence !== "") return sentence;
  return `${step.replaceAll("_", " ")}: ${reason}${detail === "" ? "" : ` (${detail})`}`;
}

/** Whether somebody was told, by one receiver. */
export interface Verdict {
  readonly told: boolean;
  readonly receiver: string;
  readonly decision: Decision;
}

const DECISIVE = new Set([...HIDING, "delivered", "failed", "dropped", "waiting"]);

/** What came of it for each receiver, by the last thing that decided it: who was not told comes first. */
export function verdictsOf(decisions: readonly Decision[]): Verdict[] {
  const last = new Map<string, Decision>();
  for (const decision of decisions) if (DECISIVE.has(decision.step)) last.set(decision.receiver, decision);
  // What hides the alert from everybody counts only as long as nobody was told after it.
  const everybody = last.get("");
  const isOvertaken = [...last.values()].some(
    ({ step, time }) => step === "delivered" && everybody !== undefined && msOf(time) > msOf(everybody.time),
  );
  if (isOvertaken) last.delete("");
  return [...last]
    .map(([receiver, decision]) => ({ told: decision.step === "delivered", receiver, decision }))
    .sort((a, b) => Number(a.told) - Number(b.told));
}

/** What a step is about, for the icon and the word beside it. */
export const STEP_TOPICS: Readonly<Record<string, string>> = {
  rule: "evaluation",
  pending: "evaluation",
  firing: "evaluation",
  nodata: "evaluation",
  eval_error: "evaluation",
  received: "alert",
  merged: "alert",
  resolved: "alert",
  dropped: "alert",
  grouped: "group",
  waiting: "group",
  inhibited: "inhibition",
  silenced: "silence",
  maintenance: "window",
  outside_active_times: "times",
  muted_by_time: "times",
  deduplicated: "told before",
  due: "route",
  attempted: "attempt",
  delivered: "answer",
  failed: "answer",
  acknowledged: "person",
  escalation: "escalation",
  action: "person",
  correlated: "incident",
};
