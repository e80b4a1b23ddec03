import { isSeverity } from "@sightline/model/severity";
import { advance, type OnCallAnswer, type Outcome, start } from "../advance.ts";
import { describeDecision } from "../decision.ts";
import { acknowledge, reassign, resolve, resume, snooze } from "../interventions.ts";
import type { EscalationPolicy } from "../policy.ts";
import { type EscalationState, escalationState } from "../state.ts";
import { worsen } from "../worsen.ts";

/** When the time line begins: 0s. A Monday, noon in Berlin. */
export const BEGIN_MS = Date.UTC(2026, 10, 2, 11);

export interface World {
  readonly policies: readonly [EscalationPolicy, ...EscalationPolicy[]];
  /** Who is on call in which schedule; null: nobody. Of others nothing is known. */
  readonly onCall: Readonly<Record<string, string | null>>;
}

/**
 * Plays a time line and answers what was decided, a line each: "5m step 2 told bob".
 *
 * A line is a time and what is done then: "0s start critical", "3m acknowledge ann", "3m snooze ann 30m", "1h resume ann",
 * "2m reassign ann user eve", "2m reassign ann policy other", "4m resolve", "5m worsen critical", "9m look" (nothing but the passing of time).
 * Between two of them steps are carried out when they are due, to the millisecond. The state goes through JSON each time.
 */
export function play({ policies, onCall }: World, lines: readonly string[]): string[] {
  const answerOf = (schedule: string): OnCallAnswer => {
    const user = onCall[schedule];
    if (user === undefined) return { kind: "unknown" };
    return user === null ? { kind: "nobody" } : { kind: "user", user };
  };
  const policyOf = (name: string) => policies.find((policy) => policy.name === name) ?? policies[0];
  const told: string[] = [];
  let state: EscalationState | undefined;
  const take = ({ state: next, decisions }: Outcome) => {
    state = escalationState.parse(JSON.parse(JSON.stringify(next)));
    for (const decision of decisions) told.push(`${textOf(decision.atMs - BEGIN_MS)} ${describeDecision(decision)}`);
  };
  for (const line of lines) {
    const [time = "", verb = "", ...words] = line.split(" ");
    const nowMs = BEGIN_MS + msOf(time);
    while (state !== undefined && state.dueAtMs !== null && state.dueAtMs <= nowMs) {
      take(advance(state, { policy: policyOf(state.policy), nowMs: state.dueAtMs, onCall: answerOf }));
    }
    if (verb === "start") take(start({ policy: policies[0], severity: severityOf(words[0]), nowMs }));
    else if (state !== undefined && verb !== "look")
      take(intervene(state, { verb, words, nowMs, policyOf, onCall: answerOf }));
    while (state?.dueAtMs === nowMs) {
      take(advance(state, { policy: policyOf(state.policy), nowMs, onCall: answerOf }));
    }
  }
  return told;
}

interface Doing {
  readonly verb: string;
  readonly words: readonly string[];
  readonly nowMs: number;
  policyOf(name: string): EscalationPolicy;
  onCall(schedule: string): OnCallAnswer;
}

function intervene(state: EscalationState, { verb, words, nowMs, policyOf, onCall }: Doing): Outcome {
  const [by = "", kind = "", name = ""] = words;
  const common = { by, note: "", nowMs };
  switch (verb) {
    case "acknowledge":
      return acknowledge(state, common);
    case "snooze":
      return snooze(state, { ...common, untilMs: nowMs + msOf(kind) });
    case "resume":
      return resume(state, { ...common, policy: policyOf(state.policy) });
    case "resolve":
      return resolve(state, common);
    case "worsen":
      return worsen(state, { severity: severityOf(words[0]), policy: policyOf(state.policy), nowMs, onCall });
    case "reassign":
      return kind === "user"
        ? reassign(state, { ...common, to: { kind, user: name }, policy: policyOf(state.policy) })
        : reassign(state, { ...common, to: { kind: "policy", policy: name }, policy: policyOf(name) });
    default:
      throw new RangeError(`cannot play ${verb}`);
  }
}

function severityOf(word = "") {
  if (!isSeverity(word)) throw new RangeError(`cannot play the severity ${word}`);
  return word;
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function msOf(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text);
  if (match === null) throw new RangeError(`cannot play the time ${text}`);
  return Number(match[1]) * (units[match[2] ?? ""] ?? Number.NaN);
}

/** In the largest unit that fits. */
function textOf(ms: number): string {
  for (const unit of ["h", "m"] as const) {
    const size = units[unit] ?? 1;
    if (ms > 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms / 1000}s`;
}
