import { checkCount, checkName, type Refuse, refusalOf } from "../refuse.ts";
import { checkTimeZone, checkWindows } from "../zone/check-windows.ts";
import { DAY_MS, MINUTE_MS } from "../zone/weekdays.ts";
import type { EscalationPolicy, EscalationStep, Target } from "./policy.ts";

/** What an escalation policy may hold. */
export const POLICY_LIMITS = {
  steps: 20,
  targets: 20,
  repeat: 9,
  delayMs: { min: 0, max: 7 * DAY_MS },
  repeatAfterMs: { min: MINUTE_MS, max: 7 * DAY_MS },
} as const;

const refuse: Refuse = refusalOf("escalation policy");

/** Throws invalid_argument, naming the field, when the policy could not be meant. */
export function checkPolicy({ name, steps, repeat, repeatAfterMs }: EscalationPolicy): void {
  checkName(refuse, "name", name);
  checkCount(refuse, "steps", steps.length, { min: 1, max: POLICY_LIMITS.steps });
  checkCount(refuse, "repeat", repeat, { min: 0, max: POLICY_LIMITS.repeat });
  checkSeconds("repeat_after_seconds", repeatAfterMs, POLICY_LIMITS.repeatAfterMs);
  for (const [index, step] of steps.entries()) checkStep(`steps[${index}]`, step);
}

function checkStep(place: string, { delayMs, targets, severities, times }: EscalationStep): void {
  checkSeconds(`${place}.delay_seconds`, delayMs, POLICY_LIMITS.delayMs);
  checkCount(refuse, `${place}.targets`, targets.length, { min: 1, max: POLICY_LIMITS.targets });
  for (const [index, target] of targets.entries()) checkName(refuse, `${place}.targets[${index}]`, nameOf(target));
  if (new Set(severities).size < severities.length) {
    throw refuse(`${place}.severities`, severities.join(", "), "each severity at most once");
  }
  if (times === undefined) return;
  checkTimeZone(refuse, `${place}.times.time_zone`, times.timeZone);
  if (times.windows.length === 0) throw refuse(`${place}.times.windows`, "none", "at least one");
  checkWindows(refuse, `${place}.times.windows`, times.windows);
}

function checkSeconds(place: string, ms: number, bounds: { readonly min: number; readonly max: number }): void {
  checkCount(refuse, place, ms / 1000, { min: bounds.min / 1000, max: bounds.max / 1000 });
}

function nameOf(target: Target): string {
  switch (target.kind) {
    case "user":
      return target.user;
    case "schedule":
      return target.schedule;
    case "receiver":
      return target.receiver;
  }
}
