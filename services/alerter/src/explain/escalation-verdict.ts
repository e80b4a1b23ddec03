import type { Concern, ConcerningStep } from "./concern.ts";
import type { EscalationKind, EscalationRecord } from "./escalation-record.ts";
import type { AlertThen, PagingFacts } from "./paging-facts.ts";
import { momentText } from "./sentence.ts";
import type { Verdict } from "./verdict.ts";

/** Whether an escalation of the alert was to tell the user in the time, and what came of it; undefined where none was. */
export function toldVerdict({ escalation }: AlertThen, { user, range, contacts }: PagingFacts): Verdict | undefined {
  const told = escalation.findLast(
    ({ kind, users, atMs }) => kind === "told" && users.includes(user) && atMs >= range.startMs && atMs < range.endMs,
  );
  if (told === undefined) return undefined;
  const after = escalation.filter(({ users, atMs }) => users.includes(user) && atMs >= told.atMs);
  const at = momentText(told.atMs);
  const last = (kind: EscalationKind) => after.findLast((one) => one.kind === kind);
  const delivered = last("delivered");
  if (delivered !== undefined)
    return { reason: "paged", text: `at ${momentText(delivered.atMs)}: ${told.text}; ${delivered.text}` };
  const failed = last("failed");
  if (failed !== undefined) return { reason: "failed", text: `at ${at} ${told.text}, but ${failed.text}` };
  const deferred = last("deferred");
  if (deferred !== undefined) {
    const until = deferred.dueAtMs === undefined ? "" : ` (until ${momentText(deferred.dueAtMs)})`;
    return { reason: "quiet_hours", text: `at ${at} ${told.text}, but ${deferred.text}${until}` };
  }
  const unused = last("unused");
  if (unused !== undefined) return { reason: "no_contact", text: `at ${at} ${told.text}, but ${unused.text}` };
  if (contacts === undefined || contacts.methods.length === 0) {
    return { reason: "no_contact", text: `at ${at} ${told.text}, but you had no contact method` };
  }
  return { reason: "failed", text: `at ${at} ${told.text}, but nothing says that it was delivered` };
}

/** Why the escalation of the alert, by a policy that can come to the user, did not come to them in the time. */
export function notToldVerdict(
  { escalation }: AlertThen,
  policyName: string,
  { concern, facts }: { readonly concern: Concern; readonly facts: PagingFacts },
): Verdict | undefined {
  const steps = concern.steps.filter(({ policy }) => policy.name === policyName);
  const past = escalation.filter(({ atMs }) => atMs < facts.range.endMs);
  if (past.length === 0 || steps.length === 0) return undefined;
  return passedVerdict(past, steps, facts) ?? stoppedVerdict(past, steps) ?? aheadVerdict(past, steps);
}

const stops: ReadonlySet<EscalationKind> = new Set(["acknowledged", "snoozed", "resolved"]);
const runs: ReadonlySet<EscalationKind> = new Set(["started", "resumed", "reassigned"]);

/** Somebody took care of it before it came to the user. */
function stoppedVerdict(past: readonly EscalationRecord[], steps: readonly ConcerningStep[]): Verdict | undefined {
  const last = past.findLast(({ kind }) => stops.has(kind));
  const began = past.findLast(({ kind }) => runs.has(kind));
  if (last === undefined || (began !== undefined && began.atMs > last.atMs)) return undefined;
  return {
    reason: "acknowledged",
    text: `at ${momentText(last.atMs)} ${last.text}, before ${stepsText(steps)} came to you`,
  };
}

/** A step that leads to the user was carried out without telling them. */
function passedVerdict(
  past: readonly EscalationRecord[],
  steps: readonly ConcerningStep[],
  facts: PagingFacts,
): Verdict | undefined {
  for (const { step, schedule } of steps) {
    const done = past.findLast((one) => one.step === step + 1);
    if (done === undefined) continue;
    if (done.kind === "left_out") return { reason: "left_out", text: `at ${momentText(done.atMs)} ${done.text}` };
    if (schedule !== undefined) return notOnCallVerdict(schedule, done.atMs, facts);
  }
  return undefined;
}

/** Who was on call rather than the user. */
function notOnCallVerdict(schedule: string, atMs: number, { schedules }: PagingFacts): Verdict {
  const shifts = schedules.find(({ name }) => name === schedule)?.shifts ?? [];
  const shift = shifts.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  const who = shift === undefined ? "nobody was" : `${shift.user} was`;
  return { reason: "not_on_call", text: `you were not on call in ${schedule} at ${momentText(atMs)}, ${who}` };
}

function aheadVerdict(past: readonly EscalationRecord[], steps: readonly ConcerningStep[]): Verdict {
  const last = past.at(-1);
  const soFar = last === undefined ? "" : `; the last of it, at ${momentText(last.atMs)}: ${last.text}`;
  return {
    reason: "not_reached",
    text: `the escalation had not come to ${stepsText(steps)}, which leads to you${soFar}`,
  };
}

function stepsText(steps: readonly ConcerningStep[]): string {
  const numbers = [...new Set(steps.map(({ step }) => step + 1))];
  const of = steps[0]?.policy.name ?? "";
  return `${numbers.length > 1 ? "steps" : "step"} ${numbers.join(", ")} of the escalation ${of}`;
}
